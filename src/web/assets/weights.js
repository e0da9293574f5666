// Puts a slider below every weight and says what share of the whole each has. Without it the numbers are typed, and
// the server says the rest.
for (const group of document.querySelectorAll("[data-shares]")) {
  const weights = [...group.querySelectorAll("[data-weight]")].map((field) => {
    const number = field.querySelector("input");
    const slider = document.createElement("input");
    slider.type = "range";
    slider.min = 0;
    slider.max = Math.max(100, Number(number.value) || 0);
    slider.step = 1;
    slider.value = number.value;
    slider.setAttribute("aria-label", field.querySelector("label").textContent.trim());
    const share = document.createElement("p");
    share.className = "hint";
    field.append(slider, share);
    return { number, slider, share };
  });
  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
  const tell = () => {
    const values = weights.map(({ number }) => Math.max(0, Number(number.value) || 0));
    const all = values.reduce((sum, value) => sum + value, 0);
    weights.forEach(({ share, slider }, at) => {
      const text = group.dataset.shares.replace("…", percent.format(all > 0 ? values[at] / all : 0));
      share.textContent = text;
      slider.setAttribute("aria-valuetext", `${slider.value}. ${text}`);
    });
  };
  for (const { number, slider } of weights) {
    slider.addEventListener("input", () => {
      number.value = slider.value;
      tell();
    });
    number.addEventListener("input", () => {
      slider.max = Math.max(100, Number(number.value) || 0);
      slider.value = number.value;
      tell();
    });
  }
  tell();
}
