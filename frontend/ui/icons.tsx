import type { ReactNode } from "react";

const icon = (path: ReactNode) =>
  function Icon({ className = "size-5" }: { className?: string }) {
    return (
      <svg
        viewBox="0 0 24 24"
        className={className}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {path}
      </svg>
    );
  };

export const Star = icon(<path d="m12 3.5 2.6 5.3 5.9.9-4.3 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.3-4.1 5.9-.9z" />);
export const Bin = icon(<path d="M4 7h16M9.5 7V4.5h5V7M6.5 7l.8 12.5h9.4L17.5 7" />);
export const Link = icon(
  <path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1-1" />,
);
export const Cross = icon(<path d="M6 6l12 12M18 6 6 18" />);
export const Lock = icon(<path d="M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3" />);
export const Again = icon(<path d="M20 12a8 8 0 1 1-2.4-5.7M20 3v4.5h-4.5" />);
export const Out = icon(<path d="M13 5h6v6M19 5l-9 9M10 5H5v14h14v-5" />);
export const Tick = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const Folder = icon(<path d="M3.5 6.5h6l2 2.5h9v9.5h-17z" />);
export const Sliders = icon(<path d="M4 8h9M17 8h3M4 16h3M11 16h9M15 6v4M9 14v4" />);
export const Copy = icon(<path d="M9 9h11v11H9zM15 9V4H4v11h5" />);
export const Down = icon(<path d="M12 4v11M7 11l5 5 5-5M5 20h14" />);
export const Plus = icon(<path d="M12 5v14M5 12h14" />);
export const Minus = icon(<path d="M5 12h14" />);
