/* Definitions of the words that link to the glossary: shown under the pointer, at the focus, or at a first tap (a
   second one follows the link). Escape, or leaving, takes them away. Without this script the links lead to the glossary. */
"use strict";

(() => {
  const start = () => {
    const store = document.getElementById("hl-definitions");
    if (!store) return;
    const definitions = JSON.parse(store.textContent);
    const { html } = humanlike;
    const bubble = html("div", { class: "hl-definition", role: "tooltip", id: "hl-definition", hidden: "" });
    const spoken = html("div", { hidden: "" });
    let open = null, timer = 0, touched = false;

    const close = () => {
      clearTimeout(timer);
      bubble.hidden = true;
      open = null;
    };
    const place = (link) => {
      const at = [...link.getClientRects()][0], wide = document.documentElement.clientWidth;
      const { width, height } = bubble.getBoundingClientRect();
      const above = at.bottom + height + 12 > window.innerHeight && at.top > height + 12;
      bubble.style.left = `${Math.max(8, Math.min(at.left, wide - width - 8)) + window.scrollX}px`;
      bubble.style.top = `${(above ? at.top - height - 6 : at.bottom + 6) + window.scrollY}px`;
    };
    const show = (link, [word, text], byTouch) => {
      clearTimeout(timer);
      bubble.replaceChildren(html("strong", {}, word), html("span", {}, text));
      if (byTouch) bubble.append(html("em", {}, "Tap the word again for the glossary."));
      bubble.hidden = false;
      open = link;
      place(link);
    };
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(close, 250);
    };

    document.querySelectorAll(".bd-article a[href*='#term-']").forEach((link) => {
      const mark = decodeURIComponent(link.hash.slice(1)), definition = definitions[mark];
      if (!definition) return;
      link.classList.add("hl-term");
      if (!document.getElementById(`hl-spoken-${mark}`)) {
        spoken.append(html("span", { id: `hl-spoken-${mark}` }, definition[1]));
      }
      link.setAttribute("aria-describedby", `hl-spoken-${mark}`);
      link.removeAttribute("title");
      link.addEventListener("pointerenter", (event) => {
        if (event.pointerType !== "touch") show(link, definition, false);
      });
      link.addEventListener("pointerleave", later);
      link.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; });
      link.addEventListener("focus", () => { if (!touched) show(link, definition, false); });
      link.addEventListener("blur", later);
      link.addEventListener("click", (event) => {
        if (!touched || open === link) return;
        event.preventDefault();
        show(link, definition, true);
      });
    });
    bubble.addEventListener("pointerenter", () => clearTimeout(timer));
    bubble.addEventListener("pointerleave", later);
    document.addEventListener("keydown", (event) => {
      touched = false;
      if (event.key === "Escape") close();
    });
    document.addEventListener("pointerdown", (event) => {
      if (open && !bubble.contains(event.target) && !open.contains(event.target)) close();
    });
    document.body.append(bubble, spoken);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
