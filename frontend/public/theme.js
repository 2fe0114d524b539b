// Before the first paint, and a file of its own because no page has a script inside: theme, language and direction.
(function () {
  var html = document.documentElement;
  // Where the browser lets a page keep nothing, it keeps it for as long as it is open: everything else need not know.
  function forgetful() {
    var kept = new Map();
    return {
      get length() { return kept.size; },
      key: function (n) { return Array.from(kept.keys())[n] ?? null; },
      getItem: function (name) { return kept.has(String(name)) ? kept.get(String(name)) : null; },
      setItem: function (name, value) { kept.set(String(name), String(value)); },
      removeItem: function (name) { kept.delete(String(name)); },
      clear: function () { kept.clear(); }
    };
  }
  ["localStorage", "sessionStorage"].forEach(function (name) {
    try {
      window[name].setItem("probe", "1");
      window[name].removeItem("probe");
    } catch (e) {
      html.dataset.keeps = "nothing";
      try { Object.defineProperty(window, name, { configurable: true, value: forgetful() }); } catch (e) {}
    }
  });
  try {
    var theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") html.dataset.theme = theme;
    if (localStorage.getItem("motion") === "less") html.dataset.motion = "less";
    var known = ["en", "de", "es", "ja", "ar"];
    var kept = localStorage.getItem("language");
    var wished = (kept ? [kept] : navigator.languages || []).map(function (it) { return it.slice(0, 2); });
    var language = wished.find(function (it) { return known.indexOf(it) >= 0; }) || "en";
    html.lang = language;
    html.dir = language === "ar" ? "rtl" : "ltr";
  } catch (e) {}
})();
