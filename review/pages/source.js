// The document beside the talk: the cited clause, the whole text around it, or the original page, at the cited words.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const MODES = [['clause', '条文'], ['whole', '全文'], ['page', '原页']];
  const PAGED = /\.(pdf|png|jpe?g|bmp|tiff?|webp)$/i;
  const STEP = 10;  // sections fetched at a time

  mj.source = function (page, beside) {
    const body = el('div', {class: 'scroll clause-box', tabindex: '0', 'aria-live': 'polite', 'aria-label': '原文'});
    const modes = el('span', {class: 'modes', role: 'group', 'aria-label': '看法'}), wide = el('button', {class: 'link small', title: '放宽或收窄（W）'}, '放宽');
    const root = el('aside', {class: 'source'}, el('header', {}, el('b', {class: 'strong'}, '原文'), modes, el('span', {class: 'push small muted turn'},
      el('button', {'aria-label': '上一处出处', on: {click: () => beside(-1)}}, mj.kbd('←')), ' ', el('button', {'aria-label': '下一处出处',
        on: {click: () => beside(1)}}, mj.kbd('→')), el('span', {class: 'words'}, ' 换出处')), wide), body);
    const state = {cited: null, clause: null, mode: 'clause', token: 0};
    const widen = () => {
      const is = root.parentElement.classList.toggle('wide');
      wide.textContent = is ? '收窄' : '放宽';
      centre(body.querySelector('mark.now, .box-mark, .hit, .lit'));
    };
    wide.addEventListener('click', widen);

    async function open(cited) {
      const token = ++state.token;
      state.cited = cited;
      const reply = await mj.ask(page, 'open_citation', cited);
      if (token !== state.token) return;
      state.clause = reply && !reply.problem ? reply : null;
      if (!state.clause) { drawModes(); say(reply ? reply.problem : '没有读出来，请重试。'); return; }
      if (!available(state.mode)) state.mode = 'clause';
      await draw();
    }
    function clear() {
      state.token += 1;
      Object.assign(state, {cited: null, clause: null});
      drawModes();
      body.replaceChildren(el('p', {class: 'muted'}, '点回答里的编号，在这里看原文。'));
    }
    const available = (mode) => Boolean(state.clause && (mode === 'clause' || (state.clause.held && (mode === 'whole' || PAGED.test(state.clause.file || '')))));
    function drawModes() {
      modes.replaceChildren(...MODES.filter(([mode]) => state.clause && available(mode)).map(([mode, name]) => el('button',
        {'aria-pressed': String(mode === state.mode), on: {click: () => { state.mode = mode; draw(); }}}, name)));
    }
    const say = (words) => body.replaceChildren(el('p', {class: 'notice'}, words));

    async function draw() {
      const token = ++state.token;
      drawModes();
      if (state.mode === 'clause') { drawClause(); return; }
      const reply = await mj.ask(page, state.mode === 'whole' ? 'open_document' : 'open_pages', state.cited);
      if (token !== state.token) return;
      if (!reply || reply.problem) { say(reply ? reply.problem : '没有读出来，请重试。'); return; }
      if (state.mode === 'whole') drawWhole(reply); else drawPages(reply);
    }
    function drawClause() {
      const more = state.clause.held ? el('p', {class: 'small muted more'}, state.clause.file ? `取自 ${state.clause.file}。` : '', el('button',
        {class: 'link', on: {click: () => { state.mode = 'whole'; draw(); }}}, '打开全文')) : null;
      body.replaceChildren(mj.clause(state.clause), ...(more ? [more] : []));
      body.scrollTop = 0;
      const mark = body.querySelector('mark, .hit, .lit');
      if (mark && mark.getBoundingClientRect().bottom > body.getBoundingClientRect().bottom) centre(mark);
    }

    function drawWhole(whole) {
      const list = el('div', {class: 'whole'});
      const before = el('button', {class: 'link small'}, '载入前文'), after = el('button', {class: 'link small'}, '载入后文');
      const ends = {first: whole.sections.length ? whole.sections[0].n : 0, last: whole.sections.length ? whole.sections.at(-1).n : -1};
      const settle = () => { before.hidden = ends.first <= 0; after.hidden = ends.last >= whole.total - 1; };
      const load = async (first, count) => {
        const reply = await mj.ask(page, 'open_document', {...state.cited, first, count});
        return reply && reply.sections ? reply.sections : [];
      };
      before.addEventListener('click', async () => {
        const first = Math.max(0, ends.first - STEP), high = body.scrollHeight;
        const more = await load(first, ends.first - first);
        if (!more.length || !list.isConnected) return;
        ends.first = first;
        list.prepend(...more.map(section));
        body.scrollTop += body.scrollHeight - high;
        settle();
      });
      after.addEventListener('click', async () => {
        const more = await load(ends.last + 1, STEP);
        if (!more.length || !list.isConnected) return;
        ends.last += more.length;
        list.append(...more.map(section));
        settle();
      });
      list.append(...whole.sections.map(section));
      const digest = whole.digest ? [el('p', {class: 'small digest'}, '本系统摘要，非原文。收入官方原文后，这里显示原文。')] : [];
      body.replaceChildren(el('h3', {}, whole.title), ...digest, before, list, after);
      settle();
      centre(list.querySelector('mark.now') || list.querySelector('.in'));
    }
    function section(one) {
      const cuts = [...new Set([0, one.text.length, ...one.marks.flatMap((mark) => [mark.start, mark.end])])].sort((a, b) => a - b);
      const within = (kind, at) => one.marks.some((mark) => mark.kind === kind && mark.start <= at && at < mark.end);
      const stretch = (at, n) => {
        const words = one.text.slice(at, cuts[n + 1]);
        if (within('quote', at)) return el('mark', {class: 'for now'}, words);
        return el('span', {class: within('passage', at) ? 'in' : 'around'}, words);
      };
      return el('section', {}, one.name ? el('h4', {}, one.name) : null, cuts.slice(0, -1).map(stretch));
    }

    function drawPages(reply) {
      if (!reply.pages) { say('没有保存这份文件的原件，重新添加一次即可看原页；文字仍可读。'); return; }
      body.replaceChildren(...Array.from({length: reply.pages}, (_, n) => sheet(reply, n + 1)));
      const shown = body.querySelector(`figure[data-page="${reply.page}"]`);
      centre(shown && (shown.querySelector('.box-mark') || shown));
    }
    function sheet(reply, number) {
      const paper = el('div', {class: 'paper'}, el('img', {loading: 'lazy', alt: `第 ${number} 页`, src: `/chat/page/${reply.key}/${number}.png`,
        on: {load: (e) => { e.target.parentElement.style.aspectRatio = 'auto'; if (number === reply.page) centre(paper.querySelector('.box-mark') || paper); },
          error: (e) => mj.noPicture(e.target)}}));
      for (const one of reply.boxes.filter((box) => box.page === number)) {
        const [x0, y0, x1, y1] = one.box.map((part) => 100 * part);
        paper.append(el('i', {class: 'box-mark', style: `left:${x0}%;top:${y0}%;width:${x1 - x0}%;height:${y1 - y0}%`}));
      }
      return el('figure', {data: {page: String(number)}}, el('figcaption', {class: 'small muted'}, `原页 · 第 ${number} 页 / 共 ${reply.pages} 页`), paper);
    }
    function centre(mark) {
      if (!mark || !body.clientHeight) return;
      const box = body.getBoundingClientRect(), own = mark.getBoundingClientRect();
      body.scrollTop += own.top - box.top - Math.max(24, (body.clientHeight - own.height) / 2);
    }
    clear();
    return {root, open, clear, widen};
  };

  mj.loaded.add('source');
})(window.mingjian ||= {loaded: new Set()});
