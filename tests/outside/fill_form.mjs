// Fills a form with the engine of ODK Web Forms and writes the submission that it would send.
// Arguments: folder of node modules, XForm, folder of its lists, file of answers (JSON: reference → value), submission.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const [modules, form, lists, answers, submission] = process.argv.slice(2);
// The engine is made for browsers: its parser looks for these two in Node, and for the classes of a document.
globalThis.require = createRequire(`${modules}/`);
globalThis.__dirname = `${modules}/@getodk/xforms-engine/dist`;
const { JSDOM } = globalThis.require('jsdom');
const { window } = new JSDOM('');
for (const name of ['DOMParser', 'XMLSerializer', 'Document', 'XMLDocument', 'Element', 'Node', 'Text', 'Attr',
  'XPathResult', 'NodeFilter', 'CharacterData', 'CDATASection', 'Comment', 'DocumentFragment',
  'ProcessingInstruction', 'HTMLElement']) globalThis[name] = window[name];
globalThis.document = window.document;
const engine = await import(`${modules}/@getodk/xforms-engine/dist/index.js`);

const list = async (url) => new Response(fs.readFileSync(`${lists}/${String(url).split('/').pop()}`), {
  headers: { 'content-type': 'text/csv' },
});
const loaded = await engine.loadForm(fs.readFileSync(form, 'utf8'), { fetchFormAttachment: list });
if (loaded.status === 'failure') throw loaded.error;
const { root } = loaded.createInstance();

function nodesByReference() {
  const nodes = {};
  const walk = (node) => {
    nodes[node.currentState.reference] = node;
    for (const child of node.currentState.children ?? []) walk(child);
  };
  walk(root);
  return nodes;
}

for (const [reference, value] of Object.entries(JSON.parse(fs.readFileSync(answers, 'utf8')))) {
  const node = nodesByReference()[reference];
  if (!node?.currentState.relevant) throw new Error(`${reference} is not asked`);
  if (node.nodeType === 'select') node.selectValues([value].flat());
  else node.setValue(value);
}
const nodes = nodesByReference();
const payload = await root.prepareInstancePayload({ payloadType: 'monolithic' });
fs.writeFileSync(submission, await payload.data[0].get('xml_submission_file').text());
console.log(JSON.stringify({
  relevant: Object.keys(nodes).filter((reference) => nodes[reference].currentState.relevant),
  violations: root.validationState.violations.map((violation) => violation.reference),
  hint: nodes['/data/facts/site_state'].currentState.hint.asString,
}));
