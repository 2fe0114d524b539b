import { Landing } from "@/shell/landing";

export default function Page() {
  return <Landing />;
}
