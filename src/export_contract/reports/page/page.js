// The page can be read without this: it only copies and filters.
"use strict";
for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    let done = false;
    try {
      await navigator.clipboard.writeText(source.textContent);
      done = true;
    } catch {
      getSelection().selectAllChildren(source);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}
const filter = document.getElementById("filter");
const rows = [...document.querySelectorAll("tr[data-verdict]")];
const apply = () => {
  const words = filter.querySelector("#words").value.toLowerCase();
  const verdicts = new Set([...filter.querySelectorAll(":checked")].map((box) => box.value));
  let shown = 0;
  for (const row of rows) {
    row.hidden = !verdicts.has(row.dataset.verdict) || !row.textContent.toLowerCase().includes(words);
    shown += !row.hidden;
  }
  for (const area of document.querySelectorAll(".area")) {
    area.hidden = ![...area.querySelectorAll("tr[data-verdict]")].some((row) => !row.hidden);
    area.open = !area.hidden;
  }
  document.getElementById("matches").textContent = `${shown} of ${rows.length}`;
};
filter.hidden = false;
filter.addEventListener("input", apply);
filter.addEventListener("submit", (event) => event.preventDefault());
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details")) part.open = true;
});
