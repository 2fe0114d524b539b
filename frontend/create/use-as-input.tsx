"use client";
import { useRouter } from "next/navigation";
import type { Generation } from "@/api/client";
import { useI18n } from "@/i18n/i18n";
import { Frame } from "@/ui/icons";
import { toast } from "@/ui/toasts";
import { PAGES } from "./draft";
import { addStart, MOST_PICTURES } from "./tray";

/** Takes a finished picture to where pictures start from pictures. */
export function UseAsInput({
  job,
  index,
  onPicture,
}: {
  job: Generation;
  index: number;
  /** A small one in the picture's corner. */
  onPicture?: boolean;
}) {
  const { t } = useI18n();
  const router = useRouter();
  const image = job.images[index];
  if (image?.status !== "delivered" || job.deleted_at) return null;
  const take = () => {
    if (!addStart({ generation_id: job.id, index })) return toast(t("input.most", { n: MOST_PICTURES }));
    if (location.pathname !== PAGES.picture) router.push(PAGES.picture);
    else toast(t("input.taken"));
  };
  if (!onPicture)
    return (
      <button type="button" className="press press-line" onClick={take}>
        <Frame /> {t("input.use")}
      </button>
    );
  const label = job.images.length > 1 ? t("input.useOne", { n: index + 1 }) : t("input.use");
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={take}
      className="absolute end-2 bottom-2 grid size-11 place-items-center rounded-full bg-[color-mix(in_oklab,var(--print)_82%,transparent)] text-print-light opacity-90 outline-print-light hover:bg-print hover:opacity-100 focus-visible:opacity-100 focus-visible:-outline-offset-4"
    >
      <Frame />
    </button>
  );
}
