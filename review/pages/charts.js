// What the views of likeness and vital signs share: SVG elements, words beside the pointer, and how common the like is.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const SPACE = 'http://www.w3.org/2000/svg';

  mj.svg = function (tag, settings, ...children) {
    const node = document.createElementNS(SPACE, tag);
    for (const [name, value] of Object.entries(settings || {})) if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
    node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return node;
  };
  mj.percent = (share) => `${share > 0 && share < 0.01 ? '<1' : Math.round(100 * share)} %`;

  // Bars from zero, and how many texts have each tenth with the one looked at marked: the like beside its base rate.
  mj.rates = (rates, title) => el('section', {class: 'rates', 'aria-label': '重复有多常见'},
    el('div', {class: 'rate-bars'}, el('h3', {}, title || '重复有多常见'), rates.bars.map((bar) => el('div', {class: 'rate ' + bar.kind},
      el('span', {}, bar.label), el('i', {}, el('b', {style: `width:${100 * Math.min(1, bar.share)}%`})), el('span', {class: 'number'}, bar.counted || mj.percent(bar.share)))),
      el('p', {class: 'small muted'}, rates.says)),
    rates.levels.length ? mj.levels(rates.levels, rates.level, rates.levels_of) : null);

  // counts of ten tenths as columns; `at` is the tenth that is looked at, -1 for none
  mj.levels = function (levels, at, title) {
    const most = Math.max(1, ...levels), high = (n) => n ? Math.max(3, 46 * Math.log1p(n) / Math.log1p(most)) : 0;
    return el('figure', {class: 'levels'}, el('figcaption', {class: 'small muted'}, title),
      el('div', {class: 'columns', role: 'img', 'aria-label': levels.map((n, level) => `${level * 10} 至 ${level * 10 + 10}%：${n}`).join('；')},
        levels.map((n, level) => el('span', {class: level === at ? 'this' : '', title: `${level * 10}–${level * 10 + 10} %：${n}`},
          el('em', {}, n ? String(n) : ''), el('i', {style: `height:${high(n)}px`}), el('small', {}, level % 5 && level !== 9 ? '' : level === 9 ? '100%' : `${level * 10}%`)))));
  };

  // Words beside a place of the page; one at a time.
  mj.telling = function (box) {
    let told = null;
    const hide = () => { if (told) told.remove(); told = null; };
    function show(at, ...words) {
      hide();
      told = el('div', {class: 'day-told', role: 'status'}, ...words);
      box.closest('.mj').append(told);
      const size = told.getBoundingClientRect(), left = Math.max(8, Math.min(at.left + at.width / 2 - size.width / 2, innerWidth - size.width - 8));
      const below = at.bottom + 8, top = below + size.height < innerHeight - 4 ? below : Math.max(4, at.top - size.height - 8);
      told.style.left = `${left}px`;
      told.style.top = `${top}px`;
    }
    return {show, hide};
  };

  mj.loaded.add('charts');
})(window.mingjian ||= {loaded: new Set()});
