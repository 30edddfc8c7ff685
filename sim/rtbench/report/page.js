"use strict";
// Filter and order of each run's frames. Without this script all are shown, wrong ones first.
for (const section of document.querySelectorAll("section.frames")) {
  const name = section.dataset.run;
  const gallery = section.querySelector(".gallery");
  const frames = [...gallery.children];
  const filter = section.querySelector("select.filter");
  const order = section.querySelector("select.order");
  const said = section.querySelector(".shown");
  const keys = {
    wrong: (frame) => Number(frame.dataset.place),
    index: (frame) => Number(frame.dataset.index),
    low: (frame) => Number(frame.dataset.score),
    high: (frame) => -Number(frame.dataset.score),
  };
  const more = section.querySelector(".more");
  let pair = null;
  let most = Number(section.dataset.most);

  const fits = (frame) => {
    if (pair) return frame.dataset.truth === pair[0] && frame.dataset.answer === pair[1];
    const [kind, value] = filter.value.split(":");
    if (kind === "state") return frame.dataset.state === value;
    if (kind === "truth") return frame.dataset.truth === value;
    return true;
  };
  const update = () => {
    const key = keys[order.value];
    frames.sort((a, b) => key(a) - key(b));
    gallery.append(...frames);
    let fitting = 0;
    for (const frame of frames) {
      const wanted = fits(frame);
      frame.hidden = !wanted || fitting >= most;
      fitting += wanted ? 1 : 0;
    }
    const shown = Math.min(fitting, most);
    const of = pair ? `, truth ${pair[0]} answered ${pair[1]}` : "";
    said.textContent = `${shown} of ${frames.length} frames shown${of}`;
    more.hidden = shown === fitting;
    more.textContent = `show ${fitting - shown} more`;
    section.dataset.shown = shown;
  };
  more.addEventListener("click", () => { most = Infinity; update(); });
  const choose = (element) => () => { if (element === filter) pair = null; update(); };
  filter.addEventListener("change", choose(filter));
  order.addEventListener("change", choose(order));
  for (const button of document.querySelectorAll(`#${name} td.cell button`)) {
    button.addEventListener("click", () => {
      pair = [button.dataset.truth, button.dataset.answer];
      update();
      section.scrollIntoView({ behavior: "smooth", block: "start" });
    });
  }
  // An address can name a filter: page.html#classify=state:wrong
  const wanted = new URLSearchParams(location.hash.slice(1)).get(name);
  if (wanted !== null) filter.value = wanted;
  update();
}
