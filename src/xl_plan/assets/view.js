"use strict";
(() => {
  const list = document.getElementById("findings-list");
  if (!list) return;
  const items = [...list.querySelectorAll("details")];
  const search = document.getElementById("search");
  const department = document.getElementById("department");
  const severity = document.getElementById("severity");
  const count = document.getElementById("count");
  const apply = () => {
    const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const item of items) {
      const text = item.textContent.toLowerCase();
      const fits = words.every((word) => text.includes(word))
        && (!department.value || item.dataset.department === department.value)
        && (!severity.value || item.dataset.severity === severity.value);
      item.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    count.textContent = `${items.length}件のうち${shown}件を表示しています。`;
  };
  for (const control of [search, department, severity]) {
    control.addEventListener("input", apply);
    control.addEventListener("change", apply);
  }
  document.getElementById("open-all").addEventListener("click", (event) => {
    const open = event.target.getAttribute("aria-pressed") !== "true";
    for (const item of items) item.open = open;
    event.target.setAttribute("aria-pressed", String(open));
    event.target.textContent = open ? "すべて閉じる" : "すべて開く";
  });
  for (const link of document.querySelectorAll("a[data-department]")) {
    link.addEventListener("click", () => { department.value = link.dataset.department; apply(); });
  }
  apply();
})();
