// A slider beside each number of a what-if: both show the same. Without this script there are the numbers alone.
"use strict";
for (const range of document.querySelectorAll("input[type=range][data-of]")) {
  const number = document.getElementById(range.dataset.of);
  range.value = number.value;
  range.hidden = false;
  range.addEventListener("input", () => { number.value = range.value; });
  number.addEventListener("input", () => { range.value = number.value; });
}
