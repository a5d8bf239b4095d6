// One answer: its lead, its sentences with the numbers of what they rest on, the passages, and how it was made.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const NEAR = 3;
  const key = (one) => one.document + '\n' + one.passage;

  // Older answers were kept without sentences: the whole is one.
  mj.sentences = (turn) => turn.statements && (turn.statements.length || turn.streaming || turn.refused) ? turn.statements
    : [{text: turn.refused ? '' : String(turn.answer || ''), citations: turn.citations || []}].filter((one) => one.text);
  mj.sources = function (turn) {
    const cited = mj.sentences(turn).flatMap((one) => one.citations);
    const known = new Map(cited.map((one) => [key(one), one]).reverse());
    const hits = new Map((turn.hits || []).map((hit) => [key(hit), hit]));
    const own = [...new Set(cited.map(key))].map((name) => ({...hits.get(name), ...known.get(name), quoted: true}));
    const near = (turn.hits || []).filter((hit) => !known.has(key(hit))).slice(0, NEAR);
    return [...own, ...near.map((hit) => ({...hit, quote: ''}))];
  };

  // acts: open(n, place), copy, note(n), add, exported
  mj.answer = function (turn, n, acts) {
    if (turn.problem) return el('div', {class: 'answer refused'}, el('p', {}, turn.problem));
    if (turn.waiting) return el('div', {class: 'answer waiting'}, bar());
    const sources = mj.sources(turn);
    if (turn.refused) return refused(turn, n, sources, acts);
    const lead = turn.lead || '';
    return el('article', {class: 'answer'},
      turn.note ? el('p', {class: 'notice small'}, turn.note + '。') : null,
      lead ? el('p', {class: 'lead'}, lead) : null,
      el('ol', {class: 'told'}, mj.sentences(turn).map((one) => el('li', {}, sentence(one, n, sources, acts)))),
      turn.streaming ? bar() : [chips(sources, n, acts), foot(turn, acts)]);
  };
  const bar = () => el('div', {class: 'bar', role: 'status', 'aria-label': '正在回答'}, el('b', {}));

  // Quoted words are underlined where the sentence says them; the numbers follow the last of them.
  function sentence(one, n, sources, acts) {
    const parts = [];
    let at = 0;
    for (const citation of one.citations) {
      const start = citation.quote ? one.text.indexOf(citation.quote, at) : -1;
      if (start < 0) continue;
      parts.push(tidy(one.text.slice(at, start)), el('span', {class: 'quoted'}, tidy(citation.quote)));
      at = start + citation.quote.length;
    }
    const numbers = [...new Set(one.citations.map((citation) => sources.findIndex((source) => key(source) === key(citation))))];
    return [...parts, tidy(one.text.slice(at)), numbers.map((place) => {
      const own = one.citations.find((citation) => key(citation) === key(sources[place]));
      return el('button', {class: 'cite', title: own.quote, 'aria-label': `出处 ${place + 1}`, data: {place: String(place)},
        on: {click: () => acts.open(n, place, own), mouseenter: (e) => light(e, place, true), mouseleave: (e) => light(e, place, false),
          focus: (e) => light(e, place, true), blur: (e) => light(e, place, false)}}, String(place + 1));
    })];
  }
  const tidy = (words) => words.replace(/\n\s*\n/g, '\n');
  function light(e, place, is) {
    const chip = e.target.closest('.answer').querySelector(`.chip[data-place="${place}"]`);
    if (chip) chip.classList.toggle('lit', is);
  }
  function chips(sources, n, acts, nearest) {
    return el('div', {class: 'chips'}, sources.map((one, place) => el('button', {class: 'chip', data: {place: String(place)},
      title: one.document + ' ' + one.passage, on: {click: () => acts.open(n, place)}},
      el('span', {class: 'cite'}, String(place + 1)), one.quoted || nearest ? null : el('span', {}, '另见'),
      el('b', {class: 'strong cut'}, one.document), el('span', {class: 'passage cut'}, one.passage),
      one.digest ? el('span', {class: 'muted'}, '摘要') : null,
      one.in_force_from ? el('span', {class: 'muted'}, one.in_force_from + ' 起') : null)));
  }
  function refused(turn, n, sources, acts) {
    const [first, ...rest] = String(turn.answer || turn.lead || '').split(/(?<=^库中没有。)/);
    const near = el('div', {hidden: true}, chips(sources, n, acts, true));
    const show = el('button', {class: 'link', 'aria-expanded': 'false', on: {click: () => {
      near.hidden = !near.hidden;
      show.setAttribute('aria-expanded', String(!near.hidden));
    }}}, `看最接近的${['', '一', '两', '三'][Math.min(sources.length, 3)]}处`);
    return el('article', {class: 'answer refused'}, turn.note ? el('p', {class: 'small'}, turn.note + '。') : null,
      el('p', {class: 'lead'}, el('b', {class: 'strong'}, first), rest.join('')),
      el('p', {class: 'acts small'}, sources.length ? show : null, el('button', {class: 'link', on: {click: (e) => acts.add(e.currentTarget)}}, '添加文件'),
        el('button', {class: 'link', on: {click: (e) => acts.note(n, e.currentTarget)}}, '记为缺口')), near, foot(turn, acts));
  }
  function foot(turn, acts) {
    const quotes = mj.sentences(turn).reduce((sum, one) => sum + one.citations.length, 0), dropped = turn.dropped || 0;
    const how = turn.origin === 'model' ? `模型 ${turn.model || ''} 作答`.replace('  ', ' ') : '未用模型';
    return el('p', {class: 'foot small muted'}, el('span', {}, [quotes && !turn.refused ? `引文 ${quotes} 处，逐字核对一致` : '',
      dropped ? `略去 ${dropped} 句，没有依据` : '', '依据日 ' + turn.as_of, turn.region ? '地区 ' + turn.region : '全国', how,
      `${turn.seconds} 秒`].filter(Boolean).join(' · ')), el('span', {class: 'links'},
      el('button', {class: 'link', on: {click: (e) => copy(turn, e.currentTarget)}}, '复制'),
      acts.exported ? ['docx', 'md'].map((kind) => el('a', {href: acts.exported(kind), download: ''}, kind === 'md' ? '导出 Markdown' : '导出 Word')) : null));
  }
  async function copy(turn, button) {
    const sources = mj.sources(turn);
    const mark = (one) => [...new Set(one.citations.map((citation) => sources.findIndex((source) => key(source) === key(citation)) + 1))].map((number) => `[${number}]`).join('');
    const cited = mj.sentences(turn).flatMap((one) => one.citations);
    const text = [turn.question, turn.refused ? turn.answer : turn.lead, ...mj.sentences(turn).map((one) => one.text + mark(one)),
      ...cited.map((one) => `[${sources.findIndex((source) => key(source) === key(one)) + 1}]《${one.document}》${one.passage}：“${one.quote}”`)].filter(Boolean).join('\n');
    try { await navigator.clipboard.writeText(text); button.textContent = '已复制'; } catch { button.textContent = '浏览器不允许复制'; }
  }

  mj.loaded.add('answer');
})(window.mingjian ||= {loaded: new Set()});
