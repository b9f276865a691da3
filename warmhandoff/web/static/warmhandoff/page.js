/* Small comforts. Every page works without this file. */
(function () {
  "use strict";

  /* After a load or a swap, go where the news is: an error summary, or what the swapped part marks with data-focus. */
  function goToNews(root) {
    const news = root.matches && root.matches("[data-focus]") ? root : root.querySelector("[data-focus]");
    if (!news) return;
    if (!news.hasAttribute("tabindex")) news.setAttribute("tabindex", "-1");
    news.focus();
  }

  /* The summary's link lands on the field itself, ready to type, and not only near it. */
  document.addEventListener("click", function (event) {
    const link = event.target.closest(".summary a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus();
    (field.closest(".usa-form-group") || field).scrollIntoView({ block: "start" });
  });

  /* A second press does nothing while the first is on its way. The one-use key would catch it anyway. */
  document.addEventListener("submit", function (event) {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  /* A form that keeps itself while one types: without a connection it says so, and tries again when there is one. */
  function keepAgain() {
    document.querySelectorAll("form[data-keeps][data-lost]").forEach(function (form) {
      delete form.dataset.lost;
      form.dispatchEvent(new Event("keep-again"));
    });
  }
  function notKept(event) {
    const form = event.target.closest && event.target.closest("form[data-keeps]");
    const line = form && document.getElementById("kept");
    if (!line) return;
    line.textContent = form.dataset.keeps;
    form.dataset.lost = "yes";
    window.setTimeout(keepAgain, 5000);
  }
  document.addEventListener("htmx:sendError", notKept);
  document.addEventListener("htmx:timeout", notKept);
  window.addEventListener("online", keepAgain);

  /* Menus that open over the page close with Escape or a press elsewhere. */
  function closeMenus(except) {
    document.querySelectorAll("details.me[open], details.menu[open]").forEach(function (menu) { if (menu !== except) menu.open = false; });
  }
  document.addEventListener("click", function (event) { closeMenus(event.target.closest("details.me, details.menu")); });
  document.addEventListener("keydown", function (event) {
    const menu = event.key === "Escape" && document.querySelector("details.me[open], details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  /* How wide the window is, for whoever says that a page doesn't work: one of three words, no number. */
  document.addEventListener("submit", function (event) {
    const input = event.target.querySelector("input[data-width]");
    if (input) input.value = window.innerWidth < 480 ? "phone" : window.innerWidth < 1024 ? "tablet" : "desk";
  });

  document.addEventListener("htmx:afterSettle", function (event) { goToNews(event.detail.elt); });
  document.addEventListener("DOMContentLoaded", function () { goToNews(document.body); });
})();
