/* What is new on a page on which others act (web/site/live.py). It adds a line at the foot of the window: it swaps nothing that
   somebody reads or types in, moves neither focus nor scroll, and rests while nobody looks. */
(function () {
  "use strict";

  const MOST = 3, LONGEST_PAUSE = 16, LOST_AFTER = 3;
  const place = document.querySelector("[data-live]");
  if (!place) return;
  const parts = {
    lines: place.querySelector("[data-live-lines]"),
    others: place.querySelector("[data-live-others]"),
    stopped: place.querySelector("[data-live-stopped]"),
  };
  const every = Number(place.dataset.every) * 1000;
  let since = place.dataset.since, failed = 0, due = 0, timer = 0, asking = false, over = false;

  /* Up to a quarter sooner, so that pages which were opened together do not ask together; longer while nobody answers. */
  function next() {
    const pause = every * (0.75 + 0.25 * Math.random()) * Math.min(Math.pow(2, failed), LONGEST_PAUSE);
    due = Date.now() + pause;
    wait();
  }
  function wait() {
    window.clearTimeout(timer);
    if (!over && !document.hidden) timer = window.setTimeout(ask, Math.max(due - Date.now(), 0));
  }

  function say(words, link) {
    parts.stopped.textContent = words;
    if (!link) return;
    const open = document.createElement("a");
    open.href = link;
    open.className = "plain";
    open.textContent = place.dataset.open;
    parts.stopped.append(" ", open);
  }
  function stop(words) {
    over = true;
    window.clearTimeout(timer);
    say(words, window.location.href);
  }
  function noAnswer() {
    failed += 1;
    if (failed === LOST_AFTER) say(place.dataset.lost);
    next();
  }

  function age() {
    place.querySelectorAll("time[data-hour]").forEach(function (time) {
      if (Date.now() - Number(time.dataset.shown) < 60000) return;
      time.textContent = time.dataset.hour;
      delete time.dataset.hour;
    });
  }
  function show(html) {
    const answer = new DOMParser().parseFromString(html, "text/html");
    answer.querySelectorAll("template[data-part]").forEach(function (part) {
      const fresh = document.importNode(part.content, true);
      fresh.querySelectorAll("time[data-hour]").forEach(function (time) { time.dataset.shown = Date.now(); });
      if (part.dataset.part === "others") parts.others.replaceChildren(fresh);
      else parts.lines.prepend(fresh);
    });
    [...parts.lines.children].slice(MOST).forEach(function (line) { line.remove(); });
  }

  async function ask() {
    if (asking || over || document.hidden) return;
    asking = true;
    try {
      const address = new URL(place.dataset.live, window.location.href);
      address.searchParams.set("since", since);
      const answer = await fetch(address, { headers: { "X-Live": "1" }, redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect" || answer.status === 401) return stop(place.dataset.out);
      if ([403, 404, 409, 410].includes(answer.status)) return stop(place.dataset.over);
      if (answer.status !== 200 && answer.status !== 204) return noAnswer();
      if (failed) say("");
      failed = 0;
      age();
      if (answer.status === 200) {
        show(await answer.text());
        since = answer.headers.get("X-Live") || since;
      }
      next();
    } catch (error) {
      noAnswer();
    } finally {
      asking = false;
    }
  }

  place.querySelectorAll("time[data-hour]").forEach(function (time) { time.dataset.shown = Date.now(); });
  const plain = place.querySelector(".live-ask");
  if (plain) plain.hidden = true;
  document.addEventListener("visibilitychange", wait);
  /* What is sent now ends what the page would ask. */
  document.addEventListener("submit", function (event) {
    if (!event.defaultPrevented && event.target.method === "post") window.clearTimeout(timer);
  });
  next();
})();
