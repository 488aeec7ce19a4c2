// A drawing that is wider than its box is scrolled to what matters: the part that is down, else the first entry. Without a script it is at its left.

for (const box of document.querySelectorAll('.picture-box')) {
  const shown = box.querySelector('.part.is-down') ?? box.querySelector('.flag-of-entry');
  if (!shown) continue;
  const [outer, inner] = [box.getBoundingClientRect(), shown.getBoundingClientRect()];
  box.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
}
