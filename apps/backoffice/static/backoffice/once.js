// A form that is answered with something shown once is sent once: the answer to a second click would take its place.

for (const form of document.querySelectorAll("form[data-once]")) {
  let isSent = false;
  form.addEventListener("submit", (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
  });
  // Whoever comes back to the page finds it as it was.
  window.addEventListener("pageshow", () => {
    isSent = false;
  });
}
