// The original pages of a document: zoom from 75 to 200 percent, page by page, and a quote that goes on overleaf.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const STEPS = [75, 100, 125, 150, 175, 200];

  mj.originalPages = function (page, holder, shown) {
    const told = el('output', {class: 'small', 'aria-live': 'polite'}, '100%');
    const button = (name, label, run) => el('button', {type: 'button', 'aria-label': label, title: label, on: {click: run}}, name);
    const root = el('span', {class: 'modes zoom', role: 'group', 'aria-label': '原页大小与翻页'},
      button('−', '缩小 -', () => zoom(-1)), told, button('+', '放大 +', () => zoom(1)),
      button('↑', '上一页 PgUp', () => turn(-1)), button('↓', '下一页 PgDn', () => turn(1)));
    let at = 1;

    // the point in the middle of the view stays where it is
    function zoom(by) {
      const next = Math.min(STEPS.length - 1, Math.max(0, at + by));
      if (next === at) return;
      const across = (holder.scrollLeft + holder.clientWidth / 2) / holder.scrollWidth;
      const down = (holder.scrollTop + holder.clientHeight / 2) / holder.scrollHeight;
      at = next;
      told.textContent = `${STEPS[at]}%`;
      holder.style.setProperty('--zoom', `${STEPS[at]}%`);
      holder.scrollLeft = across * holder.scrollWidth - holder.clientWidth / 2;
      holder.scrollTop = down * holder.scrollHeight - holder.clientHeight / 2;
    }
    function turn(by) {
      const all = [...holder.querySelectorAll('figure')], top = holder.getBoundingClientRect().top;
      const here = all.findLastIndex((one) => one.getBoundingClientRect().top <= top + 8);
      const next = all[Math.min(all.length - 1, Math.max(0, here + by))];
      if (next) holder.scrollTop += next.getBoundingClientRect().top - top;
    }
    const whenShown = (run) => () => { if (shown()) run(); };
    // the same key proposes a finding where something is marked or no picture is there
    const larger = () => page.proposes && (!shown() || page.proposes()) ? page.keys['Shift+Equal']() : zoom(1);
    Object.assign(page.keys, {PageUp: whenShown(() => turn(-1)), PageDown: whenShown(() => turn(1)),
      Minus: whenShown(() => zoom(-1)), NumpadSubtract: whenShown(() => zoom(-1)),
      Equal: larger, NumpadAdd: larger});

    // a quote with boxes on several pages says below each but the last that it goes on
    function continued() {
      holder.querySelectorAll('.goes-on').forEach((old) => old.remove());
      const pages = {};
      for (const box of holder.querySelectorAll('.box-mark')) (pages[box.dataset.mark] ||= new Set()).add(box.closest('figure'));
      for (const [mark, figures] of Object.entries(pages)) for (const figure of [...figures].slice(0, -1)) {
        const next = [...figures][[...figures].indexOf(figure) + 1];
        figure.append(el('button', {class: 'goes-on small link', on: {click: () => next.querySelector(`.box-mark[data-mark="${CSS.escape(mark)}"]`).scrollIntoView({block: 'center'})}}, `引文 ${mark} 续下页`));
      }
    }
    return {root, continued};
  };

  mj.loaded.add('original');
})(window.mingjian ||= {loaded: new Set()});
