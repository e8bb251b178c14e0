"use strict";
const form = document.getElementById("web");
const { height, width } = form.dataset;
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  const web = Number(form.width.value), resolution = Number(form.resolution.value);
  if (!(web > 0 && resolution > 0)) return;
  const across = Math.ceil(Number((web / resolution).toFixed(6)) / width);
  const speed = 1000 / (Number(form.threads.value) * across) * height * resolution * 60 / 1000;
  const count = form.threads.selectedOptions[0].text;
  document.getElementById("sentence").textContent =
    `With a web ${web} mm wide at ${resolution} mm per pixel and ${count} thread${count > 1 ? "s" : ""}, ` +
    `this machine follows ${speed.toFixed(speed >= 100 ? 0 : speed >= 1 ? 1 : 3)} m/min at p99.`;
});
