/* Wide figures on narrow screens: the picture keeps a readable size and scrolls sideways in a box of its own, which the
   keyboard reaches while there is something to scroll. */
"use strict";

(() => {
  const start = () => document.querySelectorAll(".bd-article figure img, .bd-article img.hl-picture").forEach((image) => {
    const box = document.createElement("div");
    box.className = "hl-wide";
    image.before(box);
    box.append(image);
    const check = () => {
      const wide = box.scrollWidth > box.clientWidth + 1;
      if (!wide) {
        ["tabindex", "role", "aria-label"].forEach((name) => box.removeAttribute(name));
        return;
      }
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", "Figure, scrolls sideways");
    };
    image.addEventListener("load", check);
    new ResizeObserver(check).observe(box);
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
