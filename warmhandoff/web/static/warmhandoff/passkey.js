/* Says on the page that a passkey didn't work; the library would tell the console alone. */
document.addEventListener("allauth.error", function (event) {
  "use strict";
  event.preventDefault();
  const trouble = document.getElementById("passkey-trouble");
  if (!trouble) return;
  trouble.hidden = false;
  trouble.setAttribute("tabindex", "-1");
  trouble.focus();
});
