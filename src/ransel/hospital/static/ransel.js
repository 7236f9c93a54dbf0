// What pages do in the browser: keep what was typed while there is no network, and send a form only once.
// Every page works without it.
"use strict";
(() => {
  const PREFIX = "ransel-draft:";
  const NOT_KEPT = new Set(["csrfmiddlewaretoken", "seen", "key"]);

  const drafts = () => {
    try { return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)); } catch { return []; }
  };
  const draftAt = (name) => {
    try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
  };

  // -- a form is sent once: a second click does nothing

  const lock = (form, locked) => {
    form.dataset.sent = locked ? "1" : "";
    for (const button of form.querySelectorAll("button[type=submit]")) {
      if (locked) button.setAttribute("aria-disabled", "true"); else button.removeAttribute("aria-disabled");
    }
  };
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault(); else lock(form, true);
    });
    window.addEventListener("pageshow", () => lock(form, false));
  }

  // -- what the hospital has is no draft any more: the page that follows names the key that was signed

  for (const told of document.querySelectorAll("[data-signed]")) {
    for (const name of drafts()) if (draftAt(name)?.key === told.dataset.signed) localStorage.removeItem(name);
  }

  // -- a local draft: what was typed stays on this device until the hospital has it

  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const name = PREFIX + form.dataset.draft;
  const said = form.querySelector("[data-draft-state]");
  const tell = (which) => { if (said) { said.textContent = said.dataset[which] || ""; said.hidden = !said.textContent; } };
  const ticks = (input) => input.type === "checkbox" || input.type === "radio";
  const kept = (input) => input.name && input.type !== "password" && !NOT_KEPT.has(input.name);

  const write = () => {
    const fields = [...form.elements].filter((input) => kept(input) && (!ticks(input) || input.checked))
      .map((input) => [input.name, input.value]);
    try { localStorage.setItem(name, JSON.stringify({ key: form.elements.key.value, fields })); } catch { tell("cannot"); }
  };
  const restore = () => {
    const draft = draftAt(name);
    if (!draft || !Array.isArray(draft.fields)) return;
    form.elements.key.value = draft.key;
    for (const input of [...form.elements].filter(kept)) {
      const values = draft.fields.filter(([field]) => field === input.name).map(([, value]) => value);
      if (ticks(input)) input.checked = values.includes(input.value);
      else if (values.length) input.value = values[0];
    }
    tell("restored");
  };
  if (!form.dataset.typed) restore();
  form.addEventListener("input", write);

  // -- before it is sent, one look whether the hospital answers; if not, it waits here and goes when the network is back

  const AGAIN_MS = 15000;
  const ANSWER_WITHIN_MS = 30000;
  let waiting = false;
  let sending = false;
  const reachable = async () => {
    try {
      return (await fetch("/healthy/", { cache: "no-store", signal: AbortSignal.timeout(8000) })).ok;
    } catch { return false; }
  };
  const wait = () => {
    sending = false;
    waiting = true;
    lock(form, false);
    tell("offline");
  };
  const send = async () => {
    if (sending) return;
    sending = true;
    write();
    tell("sending");
    if (!await reachable()) { wait(); return; }
    waiting = false;
    form.submit();
    // still here: the answer was lost on the way; sent again it is signed once, because the key is the same
    window.setTimeout(wait, ANSWER_WITHIN_MS);
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  window.addEventListener("online", () => { if (waiting) send(); });
  window.addEventListener("pageshow", () => { sending = false; });  // back to this page after the answer was lost
  // a phone can believe that it has a network while the hospital is out of reach: then nothing tells that it is back
  window.setInterval(() => { if (waiting) send(); }, AGAIN_MS);
})();
