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
export const Person = icon(<path d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c1-4 4-6 7.5-6s6.5 2 7.5 6" />);
export const Down = icon(<path d="m6 9.5 6 6 6-6" />);
export const File = icon(<path d="M12 4v11m0 0-4-4m4 4 4-4M5 20h14" />);
export const Clock = icon(<path d="M12 7v5l3 2M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17" />);
export const Dice = icon(<path d="M5 5h14v14H5zM9 9h.01M15 9h.01M12 12h.01M9 15h.01M15 15h.01" />);
export const Turn = icon(<path d="M4 9h12l-3.5-3.5M20 15H8l3.5 3.5" />);
export const Chevron = icon(<path d="m6 15 6-6 6 6" />);
export const Plus = icon(<path d="M12 5v14M5 12h14" />);
export const Frame = icon(<path d="M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01" />);
export const Halves = icon(<path d="M4 5h16v14H4zM12 3v18M8 12H6.5M16 12h1.5" />);
export const Several = icon(<path d="M4 8h12v12H4zM8 8V4h12v12h-4" />);
export const Tick = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const Folder = icon(<path d="M3.5 6.5h6l2 2.5h9v9.5h-17z" />);
export const Sliders = icon(<path d="M4 8h9M17 8h3M4 16h3M11 16h9M15 6v4M9 14v4" />);
export const Copy = icon(<path d="M9 9h11v11H9zM15 9V4H4v11h5" />);
export const Minus = icon(<path d="M5 12h14" />);
