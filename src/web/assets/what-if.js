// Puts a slider below every weight and says what share of the whole each has; keeps what was compared from being saved
// when the form says something else by then. Without it the numbers are typed, and the server says the rest.
const amount = (input) => Math.max(0, Math.round(Number(input.value)) || 0);

for (const group of document.querySelectorAll("[data-shares]")) {
  const weights = [...group.querySelectorAll("[data-weight]")].map((field) => {
    const number = field.querySelector("input");
    const slider = document.createElement("input");
    slider.type = "range";
    slider.min = 0;
    slider.step = 1;
    slider.setAttribute("aria-label", field.querySelector("label").textContent.trim());
    const share = document.createElement("p");
    share.className = "hint";
    field.append(slider, share);
    return { number, slider, share };
  });
  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
  const tell = () => {
    const all = weights.reduce((sum, { number }) => sum + amount(number), 0);
    for (const { number, slider, share } of weights) {
      slider.max = Math.max(100, amount(number));
      slider.value = amount(number);
      const part = percent.format(all > 0 ? amount(number) / all : 0);
      share.textContent = group.dataset.shares.replace("…", part);
      slider.setAttribute("aria-valuetext", `${amount(number)}. ${share.textContent}`);
    }
  };
  for (const { number, slider } of weights) {
    slider.addEventListener("input", () => {
      number.value = slider.value;
      tell();
    });
    number.addEventListener("input", tell);
  }
  tell();
  // A browser that comes back to the page fills in what was typed.
  window.addEventListener("pageshow", tell);
}

const form = document.querySelector("#draft");
const save = document.querySelector("[data-save]");
const changed = document.querySelector("[data-changed]");
if (form && save && changed) {
  const compareAgain = () => {
    save.hidden = true;
    changed.hidden = false;
  };
  form.addEventListener("input", compareAgain);
  window.addEventListener("pageshow", () => {
    const touched = [...form.querySelectorAll("input[name], select[name]")].some((field) => {
      if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
      if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected);
      return field.value !== field.defaultValue;
    });
    if (touched) compareAgain();
  });
}
