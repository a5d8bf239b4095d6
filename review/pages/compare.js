// Two texts beside each other: what is the same, what is a template, what differs, and what is not this patient's.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const LONG = 20000, AROUND = 3;  // characters from which only lines near a mark are shown; lines around it
  const LEGEND = {people: [['same', '逐字相同'], ['template', '模板和格式'], ['for', '与本患者事实不符']],
    course: [['same', '逐字相同'], ['template', '模板和格式'], ['for', '与当日资料不符']], reports: [['same', '逐字相同']]};

  mj.drawComparison = function (box, tools, shown, leave) {
    tools.replaceChildren(...LEGEND[shown.kind].map(([as, name]) => el('span', {class: 'key-of small muted'}, el('i', {class: as}), name)));
    const sides = [side(shown.here, shown.apart, leave), side(shown.there, '', leave)];
    const texts = sides.map((one) => one.querySelector('.side-text'));
    const locked = mj.locked(texts), lead = walker(texts, shown);
    box.replaceChildren(mj.rates(shown.rates), ...[shown.note && el('p', {class: 'notice small'}, shown.note)].filter(Boolean),
      el('p', {class: 'told small'}, told(shown), el('span', {class: 'push muted'}, mj.kbd('Q'), ' ', mj.kbd('W'), ' 换处　', locked.button)),
      el('div', {class: 'sides'}, sides), ...wrong(shown, lead.to, leave));
    box.querySelectorAll('[data-block]').forEach((one) => one.addEventListener('click', () => lead.block(one)));
    lead.first();
    return {step: lead.step, lock: locked.toggle};
  };

  function told(shown) {
    const {shared, template, here} = shown, own = shared - template, whose = shown.kind === 'course' ? '当日' : '本患者';
    const words = [`两份有 ${shared} 字逐字相同`, template ? `其中模板和格式 ${template} 字，个别文字 ${own} 字` : ''];
    words.push(here.leftovers.length ? `${here.leftovers.length} 处与${whose}资料不符` : shown.kind === 'reports' ? '' : `未读出与${whose}资料不符之处`);
    return el('span', {}, words.filter(Boolean).join('，') + '。');
  }
  function side(one, apart, leave) {
    const text = el('div', {class: 'side-text scroll', tabindex: '0', 'aria-label': one.name + ' ' + one.title});
    text.append(...mj.sideLines(one, text));
    return el('section', {class: 'panel side-of'}, el('header', {}, el('div', {class: 'side-head'}, el('b', {class: 'strong cut'}, one.name), el('span', {class: 'muted cut'}, one.about),
      apart ? el('span', {class: 'pill push'}, apart) : null), el('div', {class: 'side-head small muted'}, el('span', {class: 'cut', title: one.file}, [one.title, one.file, one.at, one.signed].filter(Boolean).join(' · ')),
      one.place ? el('button', {class: 'link push', on: {click: () => leave(one.place)}}, '到病历') : null)), text);
  }

  // The lines of a side with its spans; of a very long text those near a mark, and the rest on request.
  mj.sideLines = function (one, box) {
    const lines = one.text.split('\n'), marks = one.spans.filter((span) => span.kind !== 'template').concat(one.leftovers || []);
    let at = 0;
    const placed = lines.map((line) => { const from = at; at += line.length + 1; return {line, from, hit: marks.some((mark) => mark.start < from + line.length && mark.end > from)}; });
    const drawn = (list) => list.map(({line, from}) => el('div', {class: 'side-line'}, pieces(line, from, one)));
    if (one.text.length <= LONG) return drawn(placed);
    const near = placed.filter((_, n) => placed.slice(Math.max(0, n - AROUND), n + AROUND + 1).some((other) => other.hit));
    return [el('button', {class: 'link small', on: {click: () => box.replaceChildren(...drawn(placed))}}, `全文 ${lines.length} 行，只显示有标记的 ${near.length} 行上下；展开全文`), ...drawn(near)];
  };
  function pieces(line, from, one) {
    const end = from + line.length, spans = one.spans.filter((span) => span.start < end && span.end > from);
    const wrong = (one.leftovers || []).filter((left) => left.start < end && left.end > from);
    const edges = [...new Set([from, end, ...[...spans, ...wrong].flatMap((span) => [span.start, span.end])])].filter((edge) => edge >= from && edge <= end).sort((a, b) => a - b);
    return edges.slice(0, -1).map((start, n) => {
      const words = line.slice(start - from, edges[n + 1] - from), span = spans.find((other) => other.start <= start && other.end > start), left = wrong.find((other) => other.start <= start && other.end > start);
      const inner = left ? el('mark', {class: 'for', data: {mark: String(left.number)}}, words, left.end <= edges[n + 1] ? el('sup', {}, String(left.number)) : null) : words;
      return span ? el('span', {class: span.kind, data: {block: String(span.block)}}, inner) : inner;
    });
  }

  function wrong(shown, to, leave) {
    const rows = shown.here.leftovers;
    if (!rows.length) return [];
    const course = shown.kind === 'course';
    return [el('section', {class: 'panel leftovers scroll', tabindex: '0', 'aria-label': '不符之处'}, el('h3', {}, course ? '沿用前文、当日资料不符' : '写在这份病历里、却不是这位患者的事实', el('span', {class: 'small muted'}, ` ${rows.length} 处`)),
      el('table', {}, el('thead', {}, el('tr', {}, el('th', {}), el('th', {}, '文书写的'), el('th', {}, course ? '当日' : '本患者'), el('th', {}, '出处'))),
        el('tbody', {}, rows.map((one) => el('tr', {}, el('td', {}, el('span', {class: 'n for'}, String(one.number))),
          el('td', {}, el('button', {class: 'written', on: {click: () => to(one.number)}}, one.written ? `「${one.written}」` : one.what)), el('td', {}, el('b', {class: 'strong'}, one.own)),
          el('td', {class: 'small'}, one.go ? el('button', {class: 'link', on: {click: () => leave(one.go)}}, one.source || '到出处') : el('span', {class: 'muted'}, one.source)))))))];
  }

  // both texts scroll together, by the share of the way, until they are freed
  mj.locked = function (texts) {
    let on = true, leading = null;
    const button = el('button', {class: 'link small', 'aria-pressed': 'true'}, '同步滚动 ', mj.kbd('L'));
    const toggle = () => { on = !on; button.setAttribute('aria-pressed', String(on)); button.firstChild.textContent = on ? '同步滚动 ' : '各自滚动 '; };
    button.addEventListener('click', toggle);
    texts.forEach((one, n) => one.addEventListener('scroll', () => {
      const other = texts[1 - n];
      if (!on || leading === one) { leading = null; return; }
      leading = other;
      const target = one.scrollTop / Math.max(1, one.scrollHeight - one.clientHeight) * (other.scrollHeight - other.clientHeight);
      if (Math.abs(other.scrollTop - target) > 1) other.scrollTop = target; else leading = null;
    }));
    return {button, toggle, apart: (run) => { const was = on; on = false; run(); requestAnimationFrame(() => requestAnimationFrame(() => { on = was; })); }, centre};
  };
  function centre(holder, mark) {
    const box = holder.getBoundingClientRect(), at = mark.getBoundingClientRect();
    if (at.top < box.top + 20 || at.bottom > box.bottom - 20) holder.scrollTop += at.top - box.top - (box.height - at.height) / 2;
  }
  // from one place to the next: what is not his first, else the shared stretches; the other text follows
  function walker(texts, shown) {
    const [left, right] = texts, marks = () => shown.here.leftovers.map((one) => left.querySelector(`mark[data-mark="${one.number}"]`)).filter(Boolean);
    const stops = () => { const all = marks(); return all.length ? all : [...left.querySelectorAll('.same, .differs')]; };
    let at = -1;
    function point(mark) {
      texts.forEach((text) => text.querySelectorAll('.now').forEach((old) => old.classList.remove('now')));
      if (!mark) return;
      mark.classList.add('now');
      const own = mark.closest('[data-block]'), mine = mark.closest('.side-text'), other = mine === left ? right : left;
      const pieces = (text) => own ? [...text.querySelectorAll(`[data-block="${own.dataset.block}"]`)] : [], twin = pieces(other)[Math.min(pieces(mine).indexOf(own), pieces(other).length - 1)];
      centre(mine, mark);
      if (twin) { twin.classList.add('now'); centre(other, twin); }
    }
    const step = (by) => { const all = stops(); if (!all.length) return; at = (at + by + all.length) % all.length; point(all[at]); };
    return {step, block: point, first: () => step(1), to: (number) => { const mark = left.querySelector(`mark[data-mark="${number}"]`); at = stops().indexOf(mark); point(mark); }};
  }

  mj.loaded.add('compare');
})(window.mingjian ||= {loaded: new Set()});
