"use strict";
(() => {
  const words = JSON.parse(document.getElementById("page-words").textContent);
  const all = (what, within = document) => Array.from(within.querySelectorAll(what));

  // Printing shows what is folded, and folds it again; long lists only where they were opened.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details:not([open]):not(.asked)");
    opened.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((one) => { one.open = false; }));

  // Values as the result files hold them, where the pointer rests.
  all("td[data-value]").forEach((cell) => {
    cell.title = [cell.dataset.value, cell.dataset.source].filter(Boolean).join("\n");
  });

  // Sorting, where every line stands for itself.
  const valueOf = (row, at) => {
    const cell = row.cells[at];
    const number = parseFloat(cell.dataset.value);
    return Number.isNaN(number) ? cell.textContent.trim() : number;
  };
  const compare = (one, other) =>
    typeof one === typeof other && typeof one === "string"
      ? one.localeCompare(other, document.documentElement.lang, { numeric: true })
      : typeof one === typeof other ? one - other : typeof one === "number" ? -1 : 1;
  all("main table").forEach((table) => {
    const body = table.tBodies[0];
    const simple = table.tBodies.length === 1 && body.rows.length > 3 && table.tHead.rows.length === 1
      && !table.querySelector("tr.below, tr.panel, td[colspan], th[colspan]");
    if (!simple) return;
    all("th", table.tHead).forEach((head) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.title = words.sort;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        all("th", table.tHead).forEach((one) => one.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const at = head.cellIndex;
        const rows = Array.from(body.rows);
        rows.sort((one, other) => (up ? 1 : -1) * compare(valueOf(one, at), valueOf(other, at)));
        body.append(...rows);
      });
    });
  });

  // One outcome at a time, for a reader who wants no other.
  const outcomes = all(".answers [data-outcome]").map((one) => one.dataset.outcome);
  if (outcomes.length < 2) return;
  const label = document.createElement("label");
  const choice = document.createElement("select");
  label.className = "switch";
  label.append(`${words.show} `, choice);
  ["", ...outcomes].forEach((name) => choice.add(new Option(name || words.all, name)));
  document.querySelector("nav.contents").append(label);
  // Lines of tables belong to the outcome that their first label names, or the line above them.
  all("main tbody").forEach((body) => {
    let last = "";
    Array.from(body.rows).forEach((row) => {
      const head = row.querySelector('th[scope="row"]');
      const named = head && outcomes.includes(head.textContent.trim()) ? head.textContent.trim() : "";
      if (row.dataset.outcome) return;
      last = row.classList.contains("below") ? last : named;
      if (last) row.dataset.outcome = last;
    });
  });
  choice.addEventListener("change", () => {
    all("[data-outcome]").forEach((one) => {
      one.hidden = Boolean(choice.value) && one.dataset.outcome !== choice.value;
    });
  });
})();
