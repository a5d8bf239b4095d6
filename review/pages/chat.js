// 问答: a question, an answer made of quoted clauses, and the clause itself opened at the cited words.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const KEYS = [['问答', [['N', '新的提问'], ['/', '到提问框'], ['← →', '换出处'], ['D', '深色或浅色'], ['?', '本表']]],
    ['提问框', [['Enter', '提问'], ['Shift Enter', '换行'], ['Esc', '离开提问框']]]];

  mj.page_chat = async function (page) {
    const S = {about: null, conversation: '', turns: [], citations: [], at: -1, waiting: false, follow: true};
    const side = el('aside', {class: 'talks', 'aria-label': '提问'}), talk = el('div',
      {class: 'scroll talk', tabindex: '0', 'aria-label': '问答'}), inner = el('div', {class: 'measure'});
    const clause = el('div', {class: 'scroll clause-box', 'aria-live': 'polite'});
    const day = el('input', {class: 'control', 'aria-label': '依据日', size: 10, maxlength: 10, placeholder: '年-月-日', pattern: '\\d{4}-\\d{2}-\\d{2}'}), region = el('select', {class: 'control', 'aria-label': '地区'});
    const follow = el('button', {class: 'pill push', 'aria-pressed': 'true', hidden: true,
      on: {click: () => { S.follow = !S.follow; drawFollow(); }}});
    const box = el('textarea', {rows: 1, maxlength: 500, placeholder: '问条款、时限、处罚，或“A 和 B 能同时收吗”', 'aria-label': '提问'});
    const send = el('button', {class: 'btn main', on: {click: () => ask()}}, '提问 ', mj.kbd('Enter'));
    const body = el('main', {class: 'chat'}, side, el('section', {class: 'middle'}, talk, el('div', {class: 'ask'}, el('div',
      {class: 'controls small'}, el('label', {class: 'pill'}, '依据日 ', day), region, follow), el('div', {class: 'box'}, box, send))),
      el('aside', {class: 'source'}, el('header', {}, el('b', {class: 'strong'}, '原文'), el('span', {class: 'push small muted'}, mj.kbd('←'), ' ',
        mj.kbd('→'), ' 换出处')), clause));
    talk.append(inner);
    page.showKeys = () => mj.keysDialog(page, KEYS);
    box.addEventListener('keydown', (e) => {
      if (e.isComposing) return;
      if (e.key === 'Enter' && !e.shiftKey) { e.preventDefault(); ask(); }
      if (e.key === 'Escape') { box.blur(); talk.focus(); }
    });
    box.addEventListener('input', () => { box.style.height = 'auto'; box.style.height = Math.min(box.scrollHeight, 160) + 'px'; });

    function drawSide() {
      const library = S.about.library, today = new Date().toDateString();
      const groups = [['今天', (one) => new Date(one.at).toDateString() === today], ['更早', (one) => new Date(one.at).toDateString() !== today]];
      side.replaceChildren(el('button', {class: 'btn', on: {click: fresh}}, '新的提问 ', mj.kbd('N')), el('div',
        {class: 'scroll'}, groups.map(([name, test]) => {
        const own = S.about.conversations.filter(test);
        return own.length ? [el('div', {class: 'small muted group'}, name), el('ul', {}, own.map((one) => el('li', {}, el('button',
          {class: 'cut' + (one.key === S.conversation ? ' on' : ''), title: one.title, on: {click: () => open(one.key)}}, one.title))))] : null;
      })), el('div', {class: 'library small'}, el('b', {class: 'strong'}, '知识库'),
        el('p', {}, `法规 ${library.documents} 份 · 条款 ${library.passages.toLocaleString()}`), el('p', {}, `其中本系统摘要 ${library.digests} 份`),
        library.refused.length ? el('details', {}, el('summary', {}, `${library.refused.length} 份未收入，看原因`), library.refused.map((one) => el('p',
          {class: 'muted'}, one.file + '：' + one.said))) : null));
    }
    function drawFollow() {
      follow.hidden = !S.turns.length;
      follow.setAttribute('aria-pressed', String(S.follow));
      follow.replaceChildren(S.follow ? '接着上文问 ×' : '不接上文');
    }
    function draw() {
      inner.replaceChildren(...(S.turns.length ? S.turns.flatMap((turn, n) => [el('div', {class: 'mine'}, turn.question), turn.waiting ? el('div',
        {class: 'answer waiting', role: 'status'}, el('div', {class: 'bar'}, el('b', {}))) : answer(turn, n)]) : [start()]));
      drawFollow();
      talk.scrollTop = talk.scrollHeight;
    }
    function start() {
      return el('div', {class: 'start'}, el('h2', {}, '问一条规定'), el('p', {class: 'muted'}, '回答只引用库里的条文，逐字核对；库里没有的，会直说没有。'),
        el('ul', {}, S.about.examples.map((words) => el('li', {}, el('button', {class: 'btn',
          on: {click: () => { box.value = words; ask(); }}}, words)))));
    }

    function answer(turn, n) {
      if (turn.problem) return el('div', {class: 'answer refused'}, el('p', {}, turn.problem));
      if (turn.refused) return refused(turn, n);
      return el('article', {class: 'answer'}, told(turn, n), chips(passages(turn), turn, n), foot(turn));
    }
    function refused(turn, n) {
      const near = (turn.hits || []).slice(0, 3);
      return el('article', {class: 'answer refused'}, told(turn, n), near.length ? el('p',
        {class: 'small'}, `最接近的 ${near.length} 处：`) : null, chips(near, turn, n, true), foot(turn));
    }
    // each quote is shown where the answer says it, followed by the number of its passage
    function told(turn, n) {
      const words = String(turn.answer || ''), out = [];
      let at = 0;
      (turn.citations || []).forEach((one, place) => {
        const start = words.indexOf(one.quote, at);
        if (!one.quote || start < 0) return;
        out.push(words.slice(at, start), el('span', {class: 'quoted'}, one.quote), cite(n, place, numberOf(turn, one)));
        at = start + one.quote.length;
      });
      return el('div', {class: 'told'}, ...out, words.slice(at));
    }
    const passages = (turn) => [...new Map((turn.citations || []).map((one, at) => [one.document + one.passage, {...one, at}]).reverse()).values()].reverse();
    const numberOf = (turn, one) => passages(turn).findIndex((other) => other.document === one.document && other.passage === one.passage) + 1;
    const cite = (n, at, number) => el('button', {class: 'cite', data: {cite: `${n}-${at}`}, title: '打开原文',
      on: {click: () => openCitation(n, at)}}, String(number));
    function chips(shown, turn, n, near) {
      const begins = (one) => ((turn.hits || []).find((hit) => hit.document === one.document && hit.passage === one.passage) || {}).in_force_from;
      return el('div', {class: 'chips'}, shown.map((one, at) => el('button', {class: 'chip', data: {chip: one.document + one.passage},
        on: {click: () => openCitation(n, near ? at : one.at, near)}}, el('span', {class: 'cite'}, String(at + 1)),
        el('span', {class: 'cut'}, el('b', {class: 'strong'}, one.document), ' ' + one.passage), begins(one) ? el('span',
          {class: 'muted'}, begins(one) + ' 起') : null)));
    }
    function foot(turn) {
      const quotes = (turn.citations || []).length, dropped = turn.dropped || 0;
      return el('p', {class: 'foot small muted'}, [quotes && !turn.refused ? `引文 ${quotes} 处，逐字核对一致` : '', dropped ? `略去 ${dropped} 句，没有依据` : '', '依据日 ' + turn.as_of, turn.region ? '地区 ' + turn.region : '全国', turn.origin === 'model' ? '模型作答' : '未用模型', `${turn.seconds} 秒`].filter(Boolean).join(' · '),
        el('button', {class: 'link', on: {click: (e) => copy(turn, e.currentTarget)}}, '复制'));
    }
    async function copy(turn, button) {
      const text = [turn.question, turn.answer, ...(turn.citations || []).map((one, n) => `[${n + 1}] ${one.document} ${one.passage}：${one.quote}`)].join('\n');
      try { await navigator.clipboard.writeText(text); button.textContent = '已复制'; } catch { button.textContent = '浏览器不允许复制'; }
    }

    async function openCitation(n, at, near) {
      const turn = S.turns[n], one = near ? (turn.hits || [])[at] : turn.citations[at];
      if (!one) return;
      S.citations = (near ? turn.hits.slice(0, 3) : turn.citations).map((_, place) => [n, place, near]);
      S.at = at;
      inner.querySelectorAll('.on').forEach((node) => node.classList.remove('on'));
      const chip = `[data-chip="${CSS.escape(one.document + one.passage)}"]`, own = inner.querySelectorAll('.answer')[n];
      own.querySelectorAll(`${near ? '' : `[data-cite="${n}-${at}"],`}${chip},${chip} .cite`).forEach((node) => node.classList.add('on'));
      const reply = await mj.ask(page, 'open_citation', {document: one.document, passage: one.passage, quote: near ? '' : one.quote || '', as_of: turn.as_of});
      if (S.at !== at) return;
      clause.replaceChildren(reply && !reply.problem ? mj.clause(reply) : el('p', {class: 'notice'}, reply ? reply.problem : '没有读出来，请重试。'));
      const mark = clause.querySelector('mark, .hit, .lit');
      if (mark) mark.scrollIntoView({block: 'center'});
    }
    function beside(step) { const next = S.citations[S.at + step]; if (next) openCitation(...next); }

    async function ask() {
      const question = box.value.trim();
      if (!question || S.waiting) return;
      S.waiting = true;
      send.disabled = true;
      box.value = '';
      box.style.height = 'auto';
      const turn = {question, waiting: true};
      S.turns.push(turn);
      draw();
      const reply = await mj.ask(page, 'ask_question', {question, conversation: S.conversation, as_of: day.value, region: region.value, follow: S.follow});
      S.waiting = false;
      send.disabled = false;
      Object.assign(turn, {waiting: false}, reply ? reply.turn || {problem: reply.problem} : {problem: '服务器没有回答，请再问一次。'});
      if (reply && reply.conversation) S.conversation = reply.conversation;
      draw();
      const last = S.turns.length - 1;
      if (turn.citations && turn.citations.length && !turn.refused) openCitation(last, 0);
      const about = await mj.ask(page, 'open_chat');
      if (about && !about.problem) { S.about = about; drawSide(); }
      box.focus();
    }
    async function open(key) {
      const reply = await mj.ask(page, 'open_conversation', {conversation: key});
      if (!reply || reply.problem) return;
      Object.assign(S, {conversation: key, turns: reply.turns, follow: true});
      clearClause();
      drawSide();
      draw();
    }
    function clearClause() { clause.replaceChildren(el('p', {class: 'muted'}, '点回答里的编号，在这里看原文。')); S.citations = []; S.at = -1; }
    function fresh() { Object.assign(S, {conversation: '', turns: []}); clearClause(); drawSide(); draw(); box.focus(); }

    const about = await mj.ask(page, 'open_chat');
    if (!about || about.problem) { page.root.replaceChildren(el('div', {class: 'empty'}, about ? about.problem : '没有连上服务器。')); return; }
    S.about = about;
    mj.frame(page, about, body);
    day.value = new URLSearchParams(location.search).get('as_of') || about.today;
    region.append(el('option', {value: ''}, '全国'), ...about.regions.map((one) => el('option', {value: one.code, selected: true}, '全国 + ' + one.name)));
    Object.assign(page.keys, {KeyN: fresh, Slash: () => box.focus(), ArrowLeft: () => beside(-1), ArrowRight: () => beside(1), KeyD: () => mj.toggleTheme(), 'Shift+Slash': page.showKeys});
    clearClause();
    drawSide();
    draw();
    box.focus();
  };

  mj.loaded.add('chat');
})(window.mingjian ||= {loaded: new Set()});
