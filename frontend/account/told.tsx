"use client";
import { useEffect, useState } from "react";
import { useI18n } from "@/i18n/i18n";
import { Switch } from "./orders";
import { usePreferences } from "./use-preferences";

const can = () => typeof Notification !== "undefined";

/** Notifications, which are asked for here and nowhere else. */
export function Told() {
  const { t } = useI18n();
  const [preferred, change] = usePreferences();
  const [permission, setPermission] = useState<NotificationPermission | "none">("default");
  useEffect(() => setPermission(can() ? Notification.permission : "none"), []);
  const wish = async (on: boolean) => {
    if (!on) return change({ notify: false });
    const answer = await Notification.requestPermission();
    setPermission(answer);
    change({ notify: answer === "granted" });
  };
  const closed = permission === "denied" || permission === "none";
  return (
    <>
      <Switch
        on={preferred.notify && permission === "granted"}
        disabled={closed}
        set={wish}
        name={t("account.notify")}
        text={t("account.notifyText")}
      />
      {closed && <p className="text-sm">{t(permission === "none" ? "account.notifyNone" : "account.notifyDenied")}</p>}
    </>
  );
}
