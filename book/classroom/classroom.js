"use strict";
// The page of the class: one question at a time. The server keeps the answers; the browser keeps only the code.
(() => {
  const get = (id) => document.getElementById(id);
  const meta = (name) => document.querySelector(`meta[name="humanlike-${name}"]`).content;
  const slot = `humanlike-class-${meta("class")}`;
  const panels = ["consent", "ask", "done", "declined", "erased"];
  let code = recall();
  let now = null; // the question shown
  let busy = false;

  function recall() {
    try { return localStorage.getItem(slot); } catch { return null; }
  }
  function remember(value) {
    code = value;
    try {
      if (value) localStorage.setItem(slot, value);
      else localStorage.removeItem(slot);
    } catch { /* without storage a reload begins anew; the code is on the page */ }
  }
  function show(name) {
    for (const panel of panels) get(panel).hidden = panel !== name;
    get("rights").hidden = !code;
    get("sure").hidden = true;
    get("code").textContent = code || "";
  }
  function complain(text, again) {
    get("message").hidden = !text;
    get("message").firstElementChild.textContent = text;
    get("again").hidden = !again;
    get("again").onclick = again;
  }

  async function send(path, body, then) {
    if (busy) return;
    busy = true;
    for (const id of ["first", "second"]) get(id).setAttribute("aria-disabled", "true");
    try {
      const reply = await fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Humanlike-Token": meta("token") },
        body: JSON.stringify(body),
      });
      const found = await reply.json();
      if (reply.ok) {
        complain("", null);
        then(found);
      } else if (reply.status === 403) {
        complain("The page was opened before the server was started again.", () => location.reload());
      } else if (reply.status === 410) {
        remember(null);
        show("consent");
        complain(found.error, null);
      } else {
        complain(found.error, () => send("/state", { code }, step));
      }
    } catch {
      complain("The class's computer cannot be reached. Your answers so far are kept.", () => send(path, body, then));
    } finally {
      busy = false;
      for (const id of ["first", "second"]) get(id).removeAttribute("aria-disabled");
    }
  }

  function step(state) {
    if (state.code) remember(state.code);
    now = state.question;
    if (!now) return show("done");
    get("number").textContent = String(state.done + 1);
    get("bar").value = state.done;
    get("anchor").textContent = now.anchor;
    for (const id of ["first", "second"]) get(id).querySelector("span").textContent = now[id];
    show("ask");
  }
  function choose(choice) {
    if (now && !get("ask").hidden) send("/answer", { code, place: now.place, choice }, step);
  }

  get("agree").onclick = () => send("/join", { consent: true }, step);
  get("decline").onclick = () => show("declined");
  get("first").onclick = () => choose(1);
  get("second").onclick = () => choose(2);
  get("erase").onclick = () => { get("sure").hidden = false; get("no").focus(); };
  get("no").onclick = () => { get("sure").hidden = true; get("erase").focus(); };
  get("yes").onclick = () => send("/erase", { code }, () => { remember(null); now = null; show("erased"); });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const choice = { 1: 1, 2: 2, ArrowLeft: 1, ArrowRight: 2 }[event.key];
    if (!choice || get("ask").hidden || !get("sure").hidden) return;
    event.preventDefault();
    choose(choice);
  });

  if (code) send("/state", { code }, step);
  else show("consent");
})();
