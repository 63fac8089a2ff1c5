/* Parts that the interactive figures share. Each stands in an element of class hl-widget hl-NAME with its data as
   JSON; nothing is fetched. Everything is put into the page as text, never as markup. */
"use strict";

const humanlike = (() => {
  const dress = (node, attributes) => {
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };
  const html = (tag, attributes = {}, ...children) => {
    const node = dress(document.createElement(tag), attributes);
    node.append(...children);
    return node;
  };
  const svg = (tag, attributes = {}, text) => {
    const node = dress(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes);
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const labelled = (words, control) => {
    control.setAttribute("aria-label", words);
    return html("label", {}, html("span", {}, words), control);
  };
  const select = (options, chosen) => {
    const node = html("select");
    options.forEach((option, i) => node.append(new Option(option, i, i === chosen, i === chosen)));
    return node;
  };

  // make(box, data, id) fills the element; what stood in for it is taken away once that has worked
  const widgets = (name, make) => {
    const start = () => document.querySelectorAll(`.hl-${name}`).forEach((box, i) => {
      make(box, JSON.parse(box.querySelector("script").textContent), `hl-${name}-${i + 1}`);
      box.querySelector(".hl-still")?.remove();
    });
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
    else start();
  };
  return { html, svg, labelled, select, widgets };
})();
