"use client";
import { Component, lazy, type ReactNode, Suspense } from "react";
import { isStale, reloadOnce } from "./stale";

const Crash = lazy(() => import("./crash").then((it) => ({ default: it.Crash })));

type Props = { children: ReactNode; instead?: (error: Error, again: () => void) => ReactNode };

/**
 * Around a part that may break while everything else goes on: without it, or with what `instead` makes of it. The
 * browser loads the page anew, once, when a script is gone because of a deployment.
 */
export class Guard extends Component<Props, { error: Error | null; leaving: boolean }> {
  override state = { error: null as Error | null, leaving: false };
  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
  override componentDidCatch(error: unknown) {
    if (isStale(error) && reloadOnce()) this.setState({ leaving: true });
  }
  override render() {
    const { error, leaving } = this.state;
    if (!error) return this.props.children;
    // By these the router goes elsewhere.
    if ("digest" in error && String(error.digest).startsWith("NEXT_")) throw error;
    if (leaving) return null;
    return this.props.instead?.(error, () => this.setState({ error: null }));
  }
}

/** The page itself: header and foot stay, and so does what was being written. */
export function PageGuard({ children }: { children: ReactNode }) {
  return (
    <Guard
      instead={(error, again) => (
        <Suspense>
          <Crash error={error} again={again} />
        </Suspense>
      )}
    >
      {children}
    </Guard>
  );
}
