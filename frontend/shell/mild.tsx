"use client";
import { Component, type ReactNode } from "react";
import { isStale, reloadOnce } from "./stale";

/** Around what the page can do without: when that fails, it is missing, and everything else goes on. */
export class Mild extends Component<{ children: ReactNode; instead?: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override componentDidCatch(error: unknown) {
    if (isStale(error)) reloadOnce();
  }
  override render() {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}
