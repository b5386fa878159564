/* Run by the test's own page only: how wide each page is, and how small its smallest target. */
addEventListener("load", () => {
  const found = {};
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument, root = page.documentElement;
    const targets = "button, .button, input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, textarea, .choice, a.line, summary, nav a, .go a, .bar a, a.phone";
    found[frame.title] = {
      wide: root.scrollWidth,
      styled: frame.contentWindow.getComputedStyle(page.body).marginTop === "0px",
      small: [...page.querySelectorAll(targets)]
        .filter((each) => each.getBoundingClientRect().height < 47.5)
        .map((each) => each.outerHTML.slice(0, 80)),
    };
  }
  const out = document.createElement("pre");
  out.id = "found";
  out.textContent = JSON.stringify(found);
  document.body.append(out);
});
