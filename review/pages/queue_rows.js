// The rows of the queue in their scrolling box: all of them while they are few, only those in view from 300 on.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const MANY = 300, HEAD = 32, AHEAD = 8;
  const row = () => document.body.classList.contains('roomy') ? 69 : 61;  // heights in pixels as the style sheet sets them

  mj.queueRows = function (list, item) {
    let entries = [], tops = [0], range = '', many = false;

    // groups: [{title, rows}]
    function set(groups) {
      const at = list.scrollTop;
      entries = groups.flatMap(({title, rows}) => [{title}, ...rows.map((row, n) => ({row, before: rows[n - 1], place: n + 1, of: rows.length}))]);
      lay();
      many = entries.filter((entry) => entry.row).length >= MANY;
      list.classList.toggle('many', many);
      paint(true, at);
    }
    function lay() {
      const tall = row();
      tops = [0];
      entries.forEach((entry, n) => tops.push(tops[n] + (entry.row ? tall : HEAD)));
    }
    // the first entry that ends below a height
    function below(height) {
      let low = 0, high = entries.length;
      while (low < high) { const middle = (low + high) >> 1; if (tops[middle + 1] > height) high = middle; else low = middle + 1; }
      return low;
    }
    function paint(anew, at = list.scrollTop) {
      const first = many ? Math.max(0, below(at) - AHEAD) : 0;
      const last = many ? Math.min(entries.length, below(at + list.clientHeight) + 1 + AHEAD) : entries.length;
      if (!anew && range === `${first}-${last}`) return;
      range = `${first}-${last}`;
      const focused = list.contains(document.activeElement) && document.activeElement.dataset.key;
      const nodes = [];
      for (const entry of entries.slice(first, last)) {
        if (!entry.row) { nodes.push(el('div', {class: 'group small muted'}, entry.title)); continue; }
        if (!nodes.length || nodes.at(-1).tagName !== 'UL') nodes.push(el('ul', {}));
        const node = item(entry.row, entry.before);
        if (many) { node.setAttribute('aria-posinset', entry.place); node.setAttribute('aria-setsize', entry.of); }
        nodes.at(-1).append(node);
      }
      const room = (height) => many ? el('div', {class: 'room', style: `height:${height}px`}) : null;
      list.replaceChildren(...[room(tops[first]), ...nodes, room(tops[entries.length] - tops[last])].filter(Boolean));
      list.scrollTop = at;
      if (!focused) return;
      const again = [...list.querySelectorAll('button[data-key]')].find((one) => one.dataset.key === focused);
      (again || list).focus({preventScroll: true});
    }
    function reveal(key) {
      const n = entries.findIndex((entry) => entry.row && entry.row.key === key);
      if (n < 0) return;
      if (many) {
        const end = tops[n + 1] - list.clientHeight;
        if (list.scrollTop > tops[n]) list.scrollTop = tops[n]; else if (list.scrollTop < end) list.scrollTop = end;
        paint(false);
        return;
      }
      const on = list.querySelector('li.on');
      if (on) on.scrollIntoView({block: 'nearest'});
    }
    list.addEventListener('scroll', () => many && paint(false), {passive: true});
    window.addEventListener('mingjian-room', () => { lay(); paint(true); });
    new ResizeObserver(() => many && paint(false)).observe(list);
    return {set, reveal};
  };

  mj.loaded.add('queue_rows');
})(window.mingjian ||= {loaded: new Set()});
