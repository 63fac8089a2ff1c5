/* Tables of class hl-table: sort by any column; search (hl-search) and filter (hl-filter-N).
   The plain table is complete without this script. */
"use strict";

(() => {
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const text = (row, column) => (row.cells[column]?.textContent ?? "").trim();
  const empty = (value) => /^(|[–—-]|n\/a)$/.test(value);
  // 1,234  −.5  12 %  <.001  0.30 [0.10, 0.50]: the number a cell begins with, when nothing but
  // a unit or an interval follows it
  const number = (value) => {
    const plain = value.replace(/−/g, "-").replace(/(\d),(?=\d{3}(?!\d))/g, "$1");
    const found = /^[<>≈]? ?([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(?=$|[\s%[(])/i.exec(plain);
    return found ? Number(found[1]) : null;
  };

  const compare = (column, direction) => (a, b) => {
    const [left, right] = [text(a, column), text(b, column)];
    // what is empty, or has no number, goes last, whichever way the column is sorted
    if (empty(left) !== empty(right)) return empty(left) ? 1 : -1;
    const [x, y] = [number(left), number(right)];
    if ((x === null) !== (y === null)) return x === null ? 1 : -1;
    return direction * (x === null ? collator.compare(left, right) : x - y);
  };

  const makeSortable = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "hl-sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const rows = [...table.tBodies[0].rows].sort(compare(column, up ? 1 : -1));
        table.tBodies[0].append(...rows);
      });
    });
  };

  const labelled = (words, control) => {
    const label = document.createElement("label");
    label.append(words, control);
    return label;
  };

  const filteredColumns = (table) => {
    const byClass = [...table.classList]
      .map((name) => /^hl-filter-(\d+)$/.exec(name))
      .filter(Boolean)
      .map((match) => Number(match[1]) - 1);
    const byHead = [...table.tHead.rows[0].cells].flatMap((head, i) =>
      "filter" in head.dataset ? [i] : []);
    return [...new Set([...byClass, ...byHead])];
  };

  const addTools = (table) => {
    const columns = filteredColumns(table);
    const searchable = table.classList.contains("hl-search");
    if (!searchable && !columns.length) return;
    const rows = [...table.tBodies[0].rows];
    const tools = document.createElement("div");
    tools.className = "hl-tools";
    const count = document.createElement("output");
    const search = document.createElement("input");
    search.type = "search";
    if (searchable) tools.append(labelled("Search this table", search));

    const selects = columns.map((column) => {
      const select = document.createElement("select");
      select.append(new Option("all", ""));
      const values = new Set(rows.map((row) => text(row, column)));
      [...values].sort(collator.compare).forEach((value) => select.append(new Option(value)));
      const heading = table.tHead.rows[0].cells[column].textContent.trim();
      tools.append(labelled(heading, select));
      select.addEventListener("change", update);
      return { column, select };
    });

    function update() {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row) => {
        const all = row.textContent.toLowerCase();
        row.hidden = !(words.every((word) => all.includes(word)) &&
          selects.every(({ column, select }) => !select.value || text(row, column) === select.value));
        shown += row.hidden ? 0 : 1;
      });
      count.textContent = `${shown} of ${rows.length} rows`;
    }
    search.addEventListener("input", update);
    tools.append(count);
    (table.closest(".hl-scroll") ?? table).before(tools);
    update();
  };

  // a column that holds a long text gets room for it, so that its rows do not become towers
  const widen = (table) => {
    const rows = [...table.tBodies[0].rows];
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      if (!rows.some((row) => text(row, column).length > 60)) return;
      rows.forEach((row) => row.cells[column]?.classList.add("hl-long"));
    });
  };

  const wrap = (table) => {
    const box = document.createElement("div");
    box.className = "hl-scroll";
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", table.caption?.textContent.trim() || "Table");
    table.before(box);
    box.append(table);
  };

  const start = () => {
    // The theme's margin notes look for the list of sections, which a page without any lacks.
    if (!document.querySelector("div.bd-sidebar-secondary")) {
      const stand = document.createElement("div");
      stand.className = "bd-sidebar-secondary";
      stand.style.display = "none";
      document.body.append(stand);
    }
    document.querySelectorAll("table.hl-table").forEach((table) => {
      if (!table.tHead || !table.tBodies.length) return;
      wrap(table);
      widen(table);
      addTools(table);
      makeSortable(table);
    });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
