"use strict";
// Keys turn the slides: arrows, page keys, space, Home and End. Without this the slides are one long page.
(() => {
  const slides = [...document.querySelectorAll("section")];
  const at = document.getElementById("at");
  let here = 0;
  function go(to, focus = true) {
    here = Math.max(0, Math.min(slides.length - 1, to));
    slides[here].scrollIntoView();
    if (focus) slides[here].focus({ preventScroll: true });
    note();
  }
  function note() {
    at.textContent = String(here + 1);
    history.replaceState(null, "", `#${here + 1}`);
  }
  const steps = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const step = event.key === " " && event.shiftKey ? -1 : steps[event.key];
    const end = { Home: 0, End: slides.length - 1 }[event.key];
    if (step === undefined && end === undefined) return;
    const tall = slides[here].getBoundingClientRect();
    const down = step === 1 && event.key === "ArrowDown" && tall.bottom > innerHeight + 1;
    const up = step === -1 && event.key === "ArrowUp" && tall.top < -1;
    if (down || up) return; // a slide taller than the window scrolls first
    event.preventDefault();
    go(end === undefined ? here + step : end);
  });
  const seen = new IntersectionObserver((entries) => {
    const one = entries.find((entry) => entry.isIntersecting);
    if (one) {
      here = slides.indexOf(one.target);
      note();
    }
  }, { rootMargin: "-45% 0px" });
  slides.forEach((slide) => seen.observe(slide));
  history.scrollRestoration = "manual";
  const named = () => go((Number(location.hash.slice(1)) || 1) - 1, false);
  addEventListener("hashchange", named);
  if (location.hash) named();
})();
