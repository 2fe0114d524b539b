import { Missing } from "@/shell/missing";

export default function NotFound() {
  return <Missing />;
}
