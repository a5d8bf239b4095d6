// Temperature, pulse, respiration and pressure over the stay, with the stretches a finding speaks of and their base rate.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all), svg = (...all) => mj.svg(...all);
  const [TEMPERATURE, PULSE, RESPIRATION, SYSTOLIC, DIASTOLIC] = [0, 1, 2, 3, 4];
  const PANELS = [{name: '体温 ℃', of: [TEMPERATURE], ticks: [36, 37, 38, 39, 40], range: [35.5, 40]}, {name: '脉搏 ● 呼吸 ○', of: [PULSE, RESPIRATION], ticks: [20, 60, 100, 140], range: [10, 130]},
    {name: '血压 mmHg', of: [SYSTOLIC, DIASTOLIC], ticks: [60, 90, 120, 150, 180], range: [50, 170]}];
  const NAMES = ['体温', '脉搏', '呼吸', '收缩压', '舒张压'], UNITS = ['℃', '次/分', '次/分', 'mmHg', 'mmHg'];
  const LEFT = 62, TOP = 24, GAP = 14, LONGEST_LINE = 36 * 36e5;  // ms without a reading over which no line is drawn

  // given: {S, go, look, openCase, finding} of the review page
  mj.vitalsPlot = async function (page, box, given) {
    const {S} = given, cas = S.cas;
    if (!cas.plot) {
      box.replaceChildren(el('div', {class: 'grey'}, [1, 2, 3, 4].map(() => el('i', {}))));
      const reply = await mj.ask(page, 'open_plot', {case: cas.key});
      if (S.cas !== cas || box.dataset.view !== 'vitals_plot') return;
      if (!reply || reply.problem) { box.replaceChildren(el('p', {class: 'notice'}, reply ? reply.problem : '没有读出来，请重试。')); return; }
      cas.plot = reply;
    }
    draw(box, cas.plot, given);
  };

  function draw(box, shown, given) {
    const head = el('header', {class: 'text-head'}, el('b', {class: 'strong'}, '体征图'), el('span', {class: 'muted small'}, `${shown.readings.length} 次${shown.untimed ? `，另 ${shown.untimed} 次没有时间，不在图上` : ''} · ← → 逐次，Enter 到体征表`));
    if (!shown.readings.length) {
      box.replaceChildren(head, el('p', {class: 'empty'}, shown.untimed ? '体征都没有测量时间，画不出来；可看体征表。' : '这次住院没有体征记录。'));
      return;
    }
    const view = {from: 0, until: 0, zoom: -1, at: -1}, chart = el('div', {class: 'vitals-chart', tabindex: '0', role: 'group', 'aria-label': '体征图，方向键逐次看'}), telling = mj.telling(box);
    const zooms = el('span', {class: 'push modes always', role: 'group', 'aria-label': '范围'});
    if (shown.stretches.length) head.append(zooms);
    box.replaceChildren(head, said(shown, given), chart, legend(), rates(shown));
    const moment = (at) => Date.parse(at.replace(' ', 'T') + ':00Z'), times = shown.readings.map((one) => moment(one.at));
    function scope(n) {
      const one = shown.stretches[n], edge = one && Math.max(864e5 / 2, (moment(one.ends) - moment(one.begins)) * 0.3);
      const known = [...times, ...(shown.begins ? [moment(shown.begins)] : []), ...(shown.ends ? [moment(shown.ends)] : [])];
      Object.assign(view, {zoom: n, at: -1}, one ? {from: moment(one.begins) - edge, until: moment(one.ends) + edge} : {from: Math.min(...known), until: Math.max(...known, Math.min(...known) + 36e5)});
      zooms.replaceChildren(...[[-1, '全程'], ...shown.stretches.map((_, k) => [k, `段 ${k + 1}`])].map(([k, name]) => el('button', {'aria-pressed': String(k === n), on: {click: () => scope(k)}}, name)));
      paint();
    }
    function paint() {
      const wide = chart.clientWidth;
      if (!wide) return;
      telling.hide();
      const high = Math.max(76, Math.min(150, (box.clientHeight - 260) / 3)), right = wide - 10, x = (t) => LEFT + (t - view.from) / (view.until - view.from) * (right - LEFT), bottom = TOP + 3 * high + 2 * GAP;
      const inside = shown.readings.map((one, n) => ({one, n, x: x(times[n])})).filter((dot) => dot.x >= LEFT - 1 && dot.x <= right + 1);
      const panels = PANELS.map((panel, p) => onePanel(panel, TOP + p * (high + GAP), high, inside, right, times));
      const shades = shown.stretches.map((one, n) => shade(one, n, Math.max(LEFT, x(moment(one.begins)) - 5), Math.min(right, x(moment(one.ends)) + 5), bottom));
      chart.replaceChildren(svg('svg', {width: wide, height: bottom + 22, viewBox: `0 0 ${wide} ${bottom + 22}`}, hatch(), days(view, x, right, bottom), shades, panels, svg('g', {class: 'here'})));
      view.inside = inside;
      view.bottom = bottom;
    }
    function shade(one, n, from, until, bottom) {
      if (until <= from) return null;
      const active = given.finding() && given.finding().id === one.finding;
      return svg('g', {class: 'suspect' + (active ? ' now' : '')}, svg('rect', {x: from, y: TOP - 6, width: until - from, height: bottom - TOP + 6, fill: 'url(#mj-hatch)'}),
        svg('text', {x: (from + until) / 2, y: TOP - 10, 'text-anchor': 'middle'}, until - from > 90 ? `段 ${n + 1} · ${one.readings} 次` : String(n + 1)));
    }
    function point(n) {
      const dot = view.inside && view.inside[n], group = chart.querySelector('.here');
      if (!dot) return;
      view.at = n;
      group.replaceChildren(svg('line', {x1: dot.x, x2: dot.x, y1: TOP, y2: view.bottom}));
      const place = chart.getBoundingClientRect(), inStretch = shown.stretches.map((one, k) => [one, k + 1]).filter(([one]) => one.rows.includes(dot.one.row)).map(([, k]) => `段 ${k}`);
      telling.show({left: place.left + dot.x - 5, top: place.top + TOP, bottom: place.top + view.bottom - 40, width: 10}, el('b', {class: 'strong'}, dot.one.at), el('dl', {}, dot.one.values.flatMap((value, k) => [el('dt', {}, NAMES[k]), el('dd', {}, value === null ? '未测' : `${value} ${UNITS[k]}`)]),
        dot.one.nurse ? [el('dt', {}, '记录'), el('dd', {}, dot.one.nurse)] : []), el('p', {class: 'muted small'}, [inStretch.join('、'), '点击或 Enter：到体征表的这一行'].filter(Boolean).join(' · ')));
    }
    const dark = () => { telling.hide(); view.at = -1; const group = chart.querySelector('.here'); if (group) group.replaceChildren(); };
    const open = () => { const dot = view.inside[view.at]; if (dot) { telling.hide(); given.go({sheet: 'vitals', id: dot.one.row}); } };
    chart.addEventListener('mousemove', (e) => {
      const px = e.clientX - chart.getBoundingClientRect().left, all = view.inside || [];
      if (px < LEFT || !all.length) { dark(); return; }
      point(all.reduce((best, dot, n) => Math.abs(dot.x - px) < Math.abs(all[best].x - px) ? n : best, 0));
    });
    chart.addEventListener('mouseleave', dark);
    chart.addEventListener('blur', dark);
    chart.addEventListener('click', open);
    chart.addEventListener('keydown', (e) => {
      const last = view.inside.length - 1, to = {ArrowRight: Math.min(last, view.at + 1), ArrowLeft: Math.max(0, view.at - 1), Home: 0, End: last}[e.key];
      if (to !== undefined) point(to); else if (e.key === 'Enter' && view.at >= 0) open(); else return;
      e.preventDefault();
      e.stopPropagation();
    });
    const observer = new ResizeObserver(() => chart.isConnected ? paint() : (observer.disconnect(), telling.hide()));
    observer.observe(chart);
    scope(-1);
  }

  const hatch = () => svg('defs', {}, svg('pattern', {id: 'mj-hatch', width: 8, height: 8, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)'}, svg('rect', {class: 'ground', width: 8, height: 8}), svg('line', {x1: 0, y1: 0, x2: 0, y2: 8})));
  function days({from, until}, x, right, bottom) {
    const out = [], step = Math.max(1, Math.ceil((until - from) / 864e5 / Math.max(2, (right - LEFT) / 52)));
    for (let day = Math.ceil(from / 864e5), n = 0; day * 864e5 <= until; day += 1, n += 1) {
      const px = x(day * 864e5);
      if (n % step) continue;
      out.push(svg('line', {class: 'month', x1: px, x2: px, y1: TOP, y2: bottom}), svg('text', {class: 'tick', x: px + 3, y: bottom + 15}, new Date(day * 864e5).toISOString().slice(5, 10)));
    }
    return out;
  }
  function onePanel(panel, top, high, inside, right, times) {
    const held = inside.flatMap((dot) => panel.of.map((k) => dot.one.values[k])).filter((value) => value !== null);
    const low = Math.min(panel.range[0], ...held), tall = Math.max(panel.range[1], ...held), y = (value) => top + high - (value - low) / (tall - low) * high;
    const grid = panel.ticks.filter((tick) => tick >= low && tick <= tall).map((tick) => [svg('line', {class: 'rule', x1: LEFT, x2: right, y1: y(tick), y2: y(tick)}), svg('text', {class: 'tick', x: LEFT - 6, y: y(tick) + 4, 'text-anchor': 'end'}, String(tick))]);
    const size = inside.length > (right - LEFT) / 7 ? 1.6 : 3, name = svg('text', {class: 'panel-name', x: LEFT + 4, y: top + 10}, panel.name);
    if (panel.of[0] === SYSTOLIC) return [grid, name, inside.map((dot) => pressure(dot, y, size)), inside.length ? null : name];
    return [grid, name, panel.of.map((k) => [svg('path', {class: 'trace', d: path(inside, k, y, times)}), inside.filter((dot) => dot.one.values[k] !== null).map((dot) =>
      svg('circle', {class: 'reading' + (k === RESPIRATION ? ' hollow' : ''), cx: dot.x, cy: y(dot.one.values[k]), r: size}))])];
  }
  function pressure(dot, y, size) {
    const [high, low] = [dot.one.values[SYSTOLIC], dot.one.values[DIASTOLIC]], foot = (value) => value === null ? null : svg('line', {class: 'foot', x1: dot.x - size, x2: dot.x + size, y1: y(value), y2: y(value)});
    return [high !== null && low !== null ? svg('line', {class: 'pressure', x1: dot.x, x2: dot.x, y1: y(high), y2: y(low)}) : null, foot(high), foot(low)];
  }
  function path(inside, k, y, times) {
    let last = null, out = '';
    for (const dot of inside) {
      if (dot.one.values[k] === null) continue;
      out += `${last !== null && times[dot.n] - last <= LONGEST_LINE ? 'L' : 'M'}${dot.x.toFixed(1)},${y(dot.one.values[k]).toFixed(1)}`;
      last = times[dot.n];
    }
    return out;
  }

  const legend = () => el('p', {class: 'legend small muted'}, el('span', {}, '● 体温、脉搏'), el('span', {}, '○ 呼吸'), el('span', {}, '｜ 收缩压至舒张压'), el('span', {}, el('i', {class: 'cell for'}), '疑点所指的一段'));
  function said(shown, given) {
    if (!shown.said.length) return el('p', {class: 'small muted'}, '这次住院的体征没有疑点。');
    return el('ul', {class: 'said-of'}, shown.said.map((one) => {
      const own = shown.stretches.map((stretch, n) => [stretch, n + 1]).filter(([stretch]) => stretch.finding === one.finding && one.finding).map(([, n]) => `段 ${n}`);
      return el('li', {}, el('b', {class: 'strong'}, one.title), own.length ? el('span', {class: 'pill'}, own.join('、')) : null, el('span', {}, one.message),
        one.finding && shown.others ? el('button', {class: 'link small', on: {click: () => given.openCase(shown.others)}}, '看另一例') : null, one.rate ? el('small', {}, one.rate) : null);
    }));
  }
  function rates(shown) {
    const counted = shown.levels.filter(([level]) => level > 0), stays = counted.reduce((sum, [, n]) => sum + n, 0), groups = [[1, 1, '1'], [2, 2, '2'], [3, 4, '3–4'], [5, 9, '5–9'], [10, 1e9, '≥10']];
    const columns = groups.map(([low, high, name]) => [name, counted.filter(([level]) => level >= low && level <= high).reduce((sum, [, n]) => sum + n, 0), shown.longest >= low && shown.longest <= high]);
    return el('section', {class: 'rates plain'}, el('div', {class: 'rate-bars'}, el('h3', {}, '恒定有多常见'), stays ? columns.map(([name, n, own]) => el('div', {class: 'rate ' + (own ? 'this' : 'here')}, el('span', {}, `最长连续全同 ${name} 次的住院${own ? `（本例 ${shown.longest} 次）` : ''}`),
      el('i', {}, el('b', {style: `width:${100 * n / stays}%`})), el('span', {class: 'number'}, `${n} 例`))) : null, shown.said.some((one) => one.rate) ? null : el('p', {class: 'small muted'}, shown.rate)));
  }

  mj.loaded.add('vitals_plot');
})(window.mingjian ||= {loaded: new Set()});
