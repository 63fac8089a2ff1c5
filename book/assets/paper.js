/* Fits what is wider than the paper, and leaves on the root element what could not be fitted. */
"use strict";
(() => {
  const SIZES = ["", "hl-8", "hl-8 hl-tight", "hl-7 hl-tight", "hl-65 hl-tight"];
  const WIDE = ["hl-8", "hl-8 hl-tight", "hl-7 hl-tight", "hl-65 hl-tight", "hl-65 hl-tight hl-breaks"];
  const wear = (table, classes) => {
    table.classList.remove("hl-8", "hl-7", "hl-65", "hl-tight", "hl-breaks");
    table.classList.add(...classes.split(" ").filter(Boolean));
  };
  const width = (node) => node.getBoundingClientRect().width;
  const fit = (table) => {
    const box = table.closest(".cell, .hl-scroll, .pst-scrollable-table-container") ?? table;
    const fits = () => width(table) <= width(box === table ? table.parentElement : box) + 0.5;
    for (const classes of SIZES) {
      wear(table, classes);
      if (fits()) return;
    }
    box.classList.add("hl-wide");
    for (const classes of WIDE) {
      wear(table, classes);
      if (fits()) return;
    }
  };
  const shrink = (formula) => {
    const room = formula.parentElement.getBoundingClientRect().width;
    const inner = formula.querySelector("mjx-math") ?? formula;
    const wide = inner.getBoundingClientRect().width;
    if (wide > room) formula.style.fontSize = `${Math.floor((95 * room) / wide)}%`;
  };
  const overfull = () => {
    const found = [];
    for (const node of document.querySelectorAll("body *")) {
      if (node.closest("mjx-assistive-mml, svg *, head")) continue;
      const box = node.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      const wide = node.closest(".hl-wide");
      const edge = (wide ?? document.body).getBoundingClientRect().right;
      if (box.right > edge + 1 && !(node.classList.contains("hl-wide")))
        found.push(`${node.tagName.toLowerCase()} in ${node.closest(".hl-page")?.id ?? "front"}: ` +
          `${Math.round(box.right - edge)} px over, ${node.textContent.trim().slice(0, 40)}`);
    }
    return found;
  };
  addEventListener("load", async () => {
    await window.MathJax?.startup?.promise;
    await document.fonts.ready;
    for (const table of document.querySelectorAll(".hl-page table"))
      if (!table.parentElement.closest("table")) fit(table);
    document.querySelectorAll("mjx-container[display=true]").forEach(shrink);
    const root = document.documentElement;
    root.dataset.overfull = JSON.stringify(overfull());
    root.dataset.ready = "yes";
  });
})();
