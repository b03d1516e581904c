// The shop's own script: what a site does with the chat's API.
(() => {
  "use strict";
  const chat = () => window.Bellhop;
  let goods = 0;
  for (const button of document.querySelectorAll(".buy")) {
    button.addEventListener("click", () => {
      goods++;
      document.querySelector("#basket b").textContent = goods;
      button.classList.add("done");
      setTimeout(() => button.classList.remove("done"), 900);
    });
  }
  document.getElementById("who").addEventListener("click", () => chat()?.identify({ id: "customer-1815", name: "Ada Lovelace", email: "ada@example.com" }));
  document.getElementById("fresh").addEventListener("click", () => chat()?.reset({ newSession: true }));
})();
