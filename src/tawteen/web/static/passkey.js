// Makes and uses passkeys: a form with data-passkey asks its address for a challenge and sends the answer of the device.
"use strict";

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function withBytes(options) {
  options.challenge = toBytes(options.challenge);
  if (options.user) options.user.id = toBytes(options.user.id);
  for (const list of [options.allowCredentials, options.excludeCredentials]) {
    for (const one of list || []) one.id = toBytes(one.id);
  }
  return options;
}

function withText(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return { id: credential.id, rawId: toText(credential.rawId), type: credential.type, response,
    clientExtensionResults: credential.getClientExtensionResults() };
}

async function answer(form) {
  const reply = await fetch(form.action, { headers: { Accept: "application/json" }, redirect: "error" });
  if (!reply.ok) throw new Error(reply.statusText);
  const publicKey = withBytes((await reply.json()).publicKey);
  const make = form.dataset.passkey === "new";
  return withText(await (make ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey })));
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fault = form.querySelector(".fault");
    fault.hidden = true;
    try {
      form.elements.answer.value = JSON.stringify(await answer(form));
      form.submit();
    } catch {
      fault.hidden = false;
      fault.focus();
    }
  });
}
