// The days of a stay in lanes: what was written, measured, done and charged, one column a day.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const WEEK = '日一二三四五六';
  const WIDE = 21;
  const FIVE = 5;

  // finding decides which lanes; the evidence lane carries the numbers of the card
  mj.timeline = function (box, shown, finding, all, go) {
    const drawn = (finding && shown[finding.id]) || shown[''];
    const days = drawn.days, narrow = days.length > WIDE;
    const wanted = all || !finding ? Object.keys(drawn.lanes) : finding.lanes;
    const lanes = wanted.map((name) => name === 'evidence' ? finding && evidence(finding, days) : drawn.lanes[name]).filter(Boolean);
    if (all && finding) lanes.unshift(evidence(finding, days));
    for (const name of Object.keys(drawn.lanes)) {
      if (lanes.length >= FIVE || all) break;
      if (!lanes.includes(drawn.lanes[name]) && name !== 'stays' && name !== 'beds') lanes.push(drawn.lanes[name]);
    }
    const grid = el('div', {class: 'lanes' + (narrow ? ' narrow' : ''), style: `--days:${days.length}`},
      el('div', {class: 'label'}, monthOf(days)), days.map((day, n) => head(day, n, days, narrow)),
      (all ? lanes : lanes.slice(0, FIVE)).flatMap((lane) => [el('div', {class: 'label', title: lane.label}, lane.label),
        ...merged(lane.cells).map(([cell, n, width]) => draw(cell, days[n], go, width))]));
    box.classList.toggle('all', Boolean(all));
    box.replaceChildren(grid);
    const first = grid.querySelector('.cell.for, .cell.now');
    if (narrow && first) box.scrollLeft = first.offsetLeft - box.clientWidth / 2;
  };

  const monthOf = (days) => `${days[0].slice(0, 4)} 年 ${Number(days[0].slice(5, 7))} 月`;
  function head(day, n, days, narrow) {
    const at = new Date(day + 'T00:00'), first = n > 0 && at.getDate() === 1;
    if (narrow) return el('div', {class: 'cell day', title: day}, n % 7 === 0 ? `${at.getMonth() + 1}-${at.getDate()}` : '');
    return el('div', {class: 'cell day', title: day}, first ? `${at.getMonth() + 1}/${at.getDate()}` : String(at.getDate()),
      el('small', {}, WEEK[at.getDay()]));
  }
  function evidence(finding, days) {
    const cells = days.map(() => ({}));
    for (const item of finding.evidence) {
      const n = item.at ? days.indexOf(item.at.slice(0, 10)) : -1;
      if (n < 0) continue;
      const cell = cells[n];
      cell.as = cell.as === 'for' ? 'for' : item.says;
      cell.marks = [...(cell.marks || []), item.mark];
      cell.go = cell.go || item;
    }
    return {label: '本项证据', cells};
  }
  // neighbouring days that say the same are one bar, so that a word fits also where columns are narrow
  function merged(cells) {
    const out = [];
    cells.forEach((cell, n) => {
      const last = out[out.length - 1];
      if (cell.as === 'run' && last && last[0].as === 'run' && last[0].text === cell.text) last[2] += 1;
      else out.push([cell, n, 1]);
    });
    return out;
  }
  function draw(cell, day, go, width) {
    if (!cell.as) return el('div', {class: 'cell'});
    if (cell.as === 'half') return el('div', {class: 'cell half', title: day + halfTitle(cell)}, cell.halves.map((half) => el('i', {class: half})));
    if (cell.marks) {
      const text = [cell.marks.filter((mark) => !isLetter(mark)), cell.marks.filter(isLetter)].filter((marks) => marks.length).map(span).join(' ');
      return el('button', {class: 'cell ' + cell.as, tabindex: '-1', title: `${day} ${cell.as === 'for' ? '支持' : '不支持'} ${cell.marks.join('、')}`,
        on: {click: () => go(cell.go)}}, text);
    }
    if (cell.as === 'tick') return el('div', {class: 'cell tick', title: `${day} ${cell.n} 处`}, '◆');
    return el('div', {class: 'cell ' + cell.as, style: width > 1 ? `grid-column: span ${width}` : null, title: cell.text ? `${day} ${cell.text}` : day}, cell.text || '');
  }
  const isLetter = (mark) => /^[a-z]/.test(mark);
  const span = (marks) => marks.length > 2 ? `${marks[0]}–${marks[marks.length - 1]}` : marks.join(' ');
  const halfTitle = (cell) => cell.halves.map((half, n) => half === 'outside' ? '' : ` ${n ? '下午' : '上午'}${half === 'yes' ? '有' : '无'}记录`).join('');

  mj.loaded.add('timeline');
})(window.mingjian ||= {loaded: new Set()});
