// Before the first paint, and a file of its own because no page has a script inside: theme, language and direction.
(function () {
  var html = document.documentElement;
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") html.dataset.theme = theme;
    var known = ["en", "de", "es", "ja", "ar"];
    var kept = localStorage.getItem("language");
    var wished = (kept ? [kept] : navigator.languages || []).map(function (it) { return it.slice(0, 2); });
    var language = wished.find(function (it) { return known.indexOf(it) >= 0; }) || "en";
    html.lang = language;
    html.dir = language === "ar" ? "rtl" : "ltr";
  } catch (e) {}
})();
