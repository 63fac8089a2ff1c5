/* The parameter form of a chapter: checks values by the package's own rules (book/parameters.py), writes the command,
   and, on a page that `humanlike serve` shows, runs it. */
"use strict";

humanlike.parameters = (() => {
  // Python's idea of white space, of a text in quotes and of a written number
  const strip = (text) =>
    text.replace(/^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/, "")
      .replace(/[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/, "");
  const quoted = (text) => {
    const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
    const named = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", [mark]: `\\${mark}` };
    const coded = (c) => {
      const hex = c.codePointAt(0).toString(16);
      return hex.length < 3 ? `\\x${hex.padStart(2, "0")}`
        : hex.length < 5 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
    };
    const safe = (c) => named[c] ?? (c !== " " && /[\p{C}\p{Z}]/u.test(c) ? coded(c) : c);
    return mark + [...text].map(safe).join("") + mark;
  };
  const written = (value) => {
    if (typeof value === "bigint") return String(value);
    if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
    if (Object.is(value, -0)) return "-0.0";
    const [digits, power] = value.toExponential().split("e").map((part, i) => (i ? Number(part) : part));
    if (value !== 0 && (power < -4 || power >= 16)) {
      return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
    }
    const plain = value.toFixed(Math.max(0, digits.replace(/[-.]/g, "").length - 1 - power));
    return plain.includes(".") ? plain : `${plain}.0`;
  };

  class Wrong extends Error {}
  const wrongType = (rule, shown) =>
    new Wrong(`Parameter '${rule.name}' takes ${rule.type} (${rule.doc}); got ${shown}.`);
  const read = (rule, kind, text, numbers) => {
    if (kind === "str") return text;
    if (kind === "bool") {
      const known = { true: true, yes: true, false: false, no: false };
      const word = text.toLowerCase();
      if (Object.hasOwn(known, word)) return known[word];
      throw wrongType(rule, quoted(text));
    }
    if (!new RegExp(`^(?:${numbers[kind]})$`).test(text)) throw wrongType(rule, quoted(text));
    const plain = text.replaceAll("_", "");
    return kind === "int" ? BigInt(plain.replace(/^\+/, "")) : Number(plain);
  };
  const checkOne = (rule, kind, value) => {
    if (kind === "float" && !Number.isFinite(value)) throw wrongType(rule, written(value));
    const shown = kind === "int" || kind === "float" ? written(value) : String(value);
    if (rule.bounds && !(rule.bounds[0] <= value && value <= rule.bounds[1])) {
      throw new Wrong(`Parameter '${rule.name}' is ${shown}, outside its range ${rule.allowed}.`);
    }
    const choices = (rule.choices ?? []).map((one) => (kind === "float" ? Number(one) : one));
    if (rule.choices && !choices.includes(kind === "float" ? value : String(value))) {
      const known = [...rule.choices].sort(byCode).join(", ");
      throw new Wrong(`Unknown value for '${rule.name}' '${shown}'. Known: ${known}.`);
    }
    return value;
  };
  const byCode = (a, b) => { // Python sorts texts by code point
    const [x, y] = [[...a], [...b]].map((text) => text.map((c) => c.codePointAt(0)));
    for (let i = 0; i < Math.min(x.length, y.length); i += 1) if (x[i] !== y[i]) return x[i] - y[i];
    return x.length - y.length;
  };
  const checkList = (rule, text, numbers) => {
    const kind = rule.type.slice(5, -1);
    const inside = strip(text).replace(/^\[/, "").replace(/\]$/, "");
    const entries = inside.split(",").filter((part) => strip(part)).map((part) =>
      strip(part).replace(/^['"]+/, "").replace(/['"]+$/, ""));
    const values = entries.map((entry) => read(rule, kind, entry, numbers));
    if (!values.length) throw new Wrong(`Parameter '${rule.name}' is empty; name at least one value.`);
    values.forEach((value) => checkOne(rule, kind, value));
    const twice = values.filter((value) => values.filter((other) => other === value).length > 1);
    if (twice.length) {
      const shown = [...new Set(twice.map((v) => (kind === "str" ? v : written(v))))].sort(byCode);
      throw new Wrong(`Parameter '${rule.name}' repeats ${shown.join(", ")}.`);
    }
    return values;
  };

  // {value} or {error}: what `humanlike run -p NAME=TEXT` would say
  const check = (rule, text, numbers) => {
    try {
      if (rule.type.startsWith("list[")) return { value: checkList(rule, text, numbers) };
      const plain = rule.type === "str" ? text : strip(text);
      return { value: checkOne(rule, rule.type, read(rule, rule.type, plain, numbers)) };
    } catch (problem) {
      if (problem instanceof Wrong) return { error: problem.message };
      throw problem;
    }
  };
  const same = (a, b) => {
    const plain = (value) => JSON.stringify(value, (_, v) => (typeof v === "bigint" ? String(v) : v));
    return plain(a) === plain(b);
  };

  const QUOTES = {
    posix: (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`),
    // PowerShell takes four more characters for a single quote
    powershell: (word) =>
      (/^[\w+=:./-]+$/.test(word) ? word : `'${word.replace(/['\u2018-\u201b]/g, "$&$&")}'`),
  };
  const command = (chapter, profile, usual, texts, shell) => {
    const words = ["humanlike", "run", chapter, ...(profile === usual ? [] : ["--profile", profile])];
    for (const [name, text] of Object.entries(texts)) words.push("-p", `${name}=${text}`);
    return words.map(QUOTES[shell]).join(" ");
  };
  return { check, same, command };
})();

humanlike.widgets("form", (box, data, id) => {
  const { html, parameters } = humanlike;
  const PROFILES = {
    quick: "quick: minutes, as in this book", paper: "paper: the papers' own settings",
    thorough: "thorough: more than the papers",
  };
  const SHELLS = { posix: "Linux, macOS", powershell: "PowerShell 7" };
  const preset = (rule) => data.profiles[profile.value][rule.name] ?? rule.default;
  const options = (texts) => Object.entries(texts).map(([value, words]) => new Option(words, value));

  // a field has a node, and reads and sets the text that would be typed
  const choose = (rule, names, key) => {
    const node = html("select", { id: key }, ...names.map((name) => new Option(name, name)));
    return { node, get: () => node.value, set: (text) => { node.value = text; } };
  };
  const tick = (rule, key) => {
    const boxes = rule.choices.map((name, i) => html("input", { type: "checkbox", id: `${key}-${i}` }));
    const lines = boxes.map((one, i) => html("label", { for: one.id }, one, ` ${rule.choices[i]}`));
    const get = () => {
      const now = rule.choices.filter((_, i) => boxes[i].checked);
      const usual = preset(rule).split(","); // the order of the preset where it is the same choice
      return (now.length === usual.length && now.every((n) => usual.includes(n)) ? usual : now).join(",");
    };
    const set = (text) => boxes.forEach((one, i) => {
      one.checked = text.split(",").includes(rule.choices[i]);
    });
    return { node: html("div", { class: "hl-form-ticks" }, ...lines), get, set };
  };
  const write = (rule, key) => {
    const node = html("input", { id: key, autocomplete: "off", spellcheck: "false" });
    if (/^(int|float)$/.test(rule.type)) node.inputMode = "decimal";
    return { node, get: () => node.value, set: (text) => { node.value = text; } };
  };
  const make = (rule, key) => {
    if (rule.type === "bool") return choose(rule, ["true", "false"], key);
    if (rule.choices && rule.type.startsWith("list[")) return tick(rule, key);
    return rule.choices ? choose(rule, rule.choices, key) : write(rule, key);
  };

  const profile = html("select", { id: `${id}-profile` }, ...options(PROFILES));
  profile.value = data.default_profile;
  const shell = html("select", { id: `${id}-shell` }, ...options(SHELLS));
  const code = html("code");
  const status = html("output", { "aria-live": "polite" });
  const copy = html("button", { type: "button" }, "Copy");
  const reset = html("button", { type: "button" }, "Reset");
  const form = html("form", { class: "hl-form-all", novalidate: "" });

  const fields = data.parameters.map((rule, i) => {
    const key = `${id}-${i}`;
    const field = { rule, ...make(rule, key) };
    const ticks = field.node.tagName === "DIV";
    const hint = html("span", { class: "hl-form-hint", id: `${key}-hint` }, rule.doc);
    if (rule.allowed && !rule.choices) hint.append(`; allowed: ${rule.allowed}`);
    if (rule.type.startsWith("list[") && !ticks) hint.append("; several with commas between");
    field.changed = html("span", { class: "hl-form-changed" });
    field.error = html("span", { class: "hl-form-error", id: `${key}-error` });
    const label = ticks ? html("legend", {}, html("code", {}, rule.name), field.changed)
      : html("label", { for: key }, html("code", {}, rule.name), field.changed);
    field.control = ticks ? html("fieldset") : field.node;
    field.control.setAttribute("aria-describedby", `${key}-hint ${key}-error`);
    if (ticks) field.control.append(label, hint, field.node, field.error);
    field.part = ticks ? field.control : html("div", {}, label, hint, field.node, field.error);
    field.part.classList.add("hl-form-field");
    return field;
  });

  const settings = () => { // the texts that differ from the profile's, and how many will not do
    const texts = {};
    let wrong = 0;
    for (const field of fields) {
      const text = field.get();
      const found = parameters.check(field.rule, text, data.numbers);
      const usual = parameters.check(field.rule, preset(field.rule), data.numbers);
      const differs = !parameters.same(found.value, usual.value);
      field.error.textContent = found.error ?? "";
      if (found.error) field.control.setAttribute("aria-invalid", "true");
      else field.control.removeAttribute("aria-invalid");
      field.changed.textContent = differs ? " changed" : "";
      if (differs) texts[field.rule.name] = text;
      wrong += found.error ? 1 : 0;
    }
    return { texts, wrong };
  };
  const update = () => {
    const { texts, wrong } = settings();
    const words = parameters.command(
      data.chapter, profile.value, data.default_profile, texts, shell.value);
    code.textContent = wrong ? "" : words;
    copy.disabled = run.disabled = wrong > 0;
    const values = wrong === 1 ? "One value" : `${wrong} values`;
    status.textContent = wrong ? `${values} will not do; see above.` : "";
    return texts;
  };
  const fill = () => {
    fields.forEach((field) => field.set(preset(field.rule)));
    update();
  };

  const copied = async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      status.textContent = "Copied.";
    } catch { // no clipboard for this page: leave it marked, to be copied by hand
      getSelection().selectAllChildren(code);
      status.textContent = "Marked; copy it with your keyboard.";
    }
  };

  // a page shown by `humanlike serve` says so, and can run the chapter
  const token = document.querySelector("meta[name=humanlike-token]")?.content;
  const run = html("button", { type: "submit", class: "hl-form-run" }, "Run");
  const start = async () => {
    run.disabled = true;
    status.textContent = "Asking the server …";
    try {
      const answer = await fetch("/jobs", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Humanlike-Token": token },
        body: JSON.stringify({ chapter: data.chapter, profile: profile.value, parameters: update() }),
      });
      const said = await answer.json();
      if (answer.ok) location.assign(said.page);
      else status.textContent = said.error;
    } catch {
      status.textContent = "The server does not answer. Is it still running?";
    }
    run.disabled = false;
  };

  const part = (name, ...nodes) => html("div", { class: name }, ...nodes);
  const asked = (words, node) => part("hl-form-field", html("label", { for: node.id }, words), node);
  const foot = part("hl-form-foot", asked("Command for", shell), copy, reset, ...(token ? [run] : []));
  form.append(
    asked("Profile, where to start from", profile),
    part("hl-form-fields", ...fields.map((field) => field.part)),
    html("pre", { class: "hl-form-command", tabindex: "0", "aria-label": "Command" }, code), foot, status);
  form.addEventListener("input", (event) => (event.target === profile ? fill() : update()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (token && !run.disabled) start();
  });
  copy.addEventListener("click", copied);
  reset.addEventListener("click", fill);
  fill();
  box.append(form);
});
