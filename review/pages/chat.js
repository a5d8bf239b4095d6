// 问答: a question, an answer made of proven sentences, and the document itself opened at the cited words.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const KEYS = [['问答', [['N', '新的提问'], ['/', '到提问框'], ['← →', '换出处'], ['W', '原文放宽或收窄'], ['D', '深色或浅色'], ['?', '本表']]],
    ['提问框', [['Enter', '提问'], ['Shift Enter', '换行'], ['Esc', '停下回答，或离开提问框']]]];
  const ADD = '请管理依据库的人（组长、经办或管理员）在依据页添加文件。';

  mj.page_chat = async function (page) {
    const S = {about: null, conversation: '', turns: [], nodes: [], at: null, asking: null, follow: true};
    const side = el('aside', {class: 'talks', 'aria-label': '提问'}), inner = el('div', {class: 'measure', 'aria-live': 'polite'});
    const talk = el('div', {class: 'scroll talk', tabindex: '0', 'aria-label': '问答'}, inner), source = mj.source(page, beside);
    const day = el('input', {class: 'control', 'aria-label': '依据日', size: 10, maxlength: 10, placeholder: '年-月-日', pattern: '\\d{4}-\\d{2}-\\d{2}'});
    const region = el('select', {class: 'control', 'aria-label': '地区'});
    const follow = el('button', {class: 'pill push', 'aria-pressed': 'true', hidden: true, on: {click: () => { S.follow = !S.follow; drawFollow(); }}});
    const box = el('textarea', {rows: 1, maxlength: 500, placeholder: '问条款、时限、处罚，或“A 和 B 能同时收吗”', 'aria-label': '提问'});
    const send = el('button', {class: 'btn main', on: {click: () => S.asking ? stop() : ask()}});
    const list = el('button', {class: 'pill list', 'aria-expanded': 'false', on: {click: () => listing(!body.classList.contains('listing'))}}, '提问记录');
    const listing = (is) => { body.classList.toggle('listing', is); list.setAttribute('aria-expanded', String(is)); };
    const body = el('main', {class: 'chat'}, side, el('section', {class: 'middle'}, talk, el('div', {class: 'ask'}, el('div',
      {class: 'controls small'}, list, el('label', {class: 'pill'}, '依据日 ', day), region, follow), el('div', {class: 'box'}, box, send))), source.root);
    page.showKeys = () => mj.keysDialog(page, KEYS);
    box.addEventListener('keydown', (e) => {
      if (e.isComposing) return;
      if (e.key === 'Enter' && !e.shiftKey) { e.preventDefault(); ask(); }
      if (e.key === 'Escape') { e.preventDefault(); if (S.asking) stop(); else { box.blur(); talk.focus(); } }
    });
    box.addEventListener('input', grow);
    function grow() { box.style.height = 'auto'; box.style.height = Math.min(box.scrollHeight, 160) + 'px'; }
    function drawSend() { send.replaceChildren(...(S.asking ? ['停下 ', mj.kbd('Esc')] : ['提问 ', mj.kbd('Enter')])); }

    function drawSide() {
      const library = S.about.library, today = new Date().toDateString(), own = S.about.conversations;
      const groups = [['今天', own.filter((one) => new Date(one.at).toDateString() === today)], ['更早', own.filter((one) => new Date(one.at).toDateString() !== today)]];
      const elsewhere = S.about.answering.filter((one) => one.asking !== S.asking);
      if (elsewhere.length) { clearTimeout(S.again); S.again = setTimeout(refreshSide, 2000); }
      side.replaceChildren(el('button', {class: 'btn', on: {click: fresh}}, '新的提问 ', mj.kbd('N')), el('div', {class: 'scroll'},
        elsewhere.length ? [el('div', {class: 'small muted group'}, '正在回答'), el('ul', {}, elsewhere.map((one) => el('li', {class: 'coming'},
          el('span', {class: 'cut', title: one.title}, one.title))))] : null,
        groups.map(([name, all]) => all.length ? [el('div', {class: 'small muted group'}, name), el('ul', {}, all.map(entry))] : null)),
      el('div', {class: 'library small'}, el('b', {class: 'strong'}, '依据库'), el('p', {}, `法规 ${library.documents} 份 · 条款 ${library.passages.toLocaleString()}`),
        el('p', {}, `其中本系统摘要 ${library.digests} 份`), el('p', {class: 'muted'}, S.about.model ? `模型 ${S.about.model}，逐句核对` : '未用模型'),
        library.refused.length ? el('details', {}, el('summary', {}, `${library.refused.length} 份未收入，看原因`), library.refused.map((one) => el('p',
          {class: 'muted'}, one.file + '：' + one.said))) : null));
    }
    function entry(one) {
      const drop = el('button', {class: 'drop', 'aria-label': `删除“${one.title}”`, title: '删除', on: {click: () => remove(one, drop)}}, '×');
      return el('li', {class: one.key === S.conversation ? 'on' : ''}, el('button', {class: 'cut', title: one.title, on: {click: () => open(one.key)}}, one.title), drop);
    }
    async function remove(one, button) {
      if (button.textContent === '×') { button.textContent = '删除？'; button.onblur = () => { button.textContent = '×'; }; return; }
      const reply = await mj.ask(page, 'delete_conversation', {conversation: one.key});
      if (!reply) return;
      if (one.key === S.conversation) fresh();
      await refreshSide();
    }
    async function refreshSide() {
      const about = await mj.ask(page, 'open_chat', {again: true});
      if (about && !about.problem) { S.about = about; drawSide(); }
    }
    function drawFollow() {
      follow.hidden = !S.turns.length;
      follow.setAttribute('aria-pressed', String(S.follow));
      follow.replaceChildren(S.follow ? '接着上文问 ×' : '不接上文');
    }
    const acts = {open: openSource, add, note, exported: (kind) => `/chat/export/${S.conversation}.${kind}`};
    function draw() {
      S.nodes = S.turns.map((turn, n) => mj.answer(turn, n, acts));
      inner.replaceChildren(...(S.turns.length ? S.turns.flatMap((turn, n) => [mine(turn), S.nodes[n]]) : [start()]));
      drawFollow();
      toEnd();
    }
    // Down to the end, but never past the last question: an answer is read from its beginning.
    function toEnd() {
      const last = S.nodes.at(-1), top = last ? last.previousElementSibling.offsetTop - inner.offsetTop - 20 : 0;
      talk.scrollTop = last ? Math.min(talk.scrollHeight, top) : 0;
    }
    const mine = (turn) => el('div', {class: 'mine'}, turn.follows && turn.follows.length ? el('span', {class: 'small muted'}, `接着“${turn.follows.at(-1)}”`) : null,
      el('span', {}, turn.question));
    // Only the newest answer changes; whoever has scrolled up to read is left where they are.
    function redraw(n) {
      const low = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80, next = mj.answer(S.turns[n], n, acts);
      S.nodes[n].replaceWith(next);
      S.nodes[n] = next;
      next.previousElementSibling.replaceWith(mine(S.turns[n]));
      if (low) toEnd();
    }
    function start() {
      return el('div', {class: 'start'}, el('h2', {}, '问一条规定'), el('p', {class: 'muted'}, '回答只引用库里的条文，逐字核对；库里没有的，会直说没有。'),
        el('ul', {}, S.about.examples.map((words) => el('li', {}, el('button', {class: 'btn', on: {click: () => { box.value = words; ask(); }}}, words)))));
    }
    function add(button) {
      if (S.about.library.administers) location.href = '/library';
      else button.replaceWith(el('span', {}, ADD));
    }
    async function note(n, button) {
      const reply = await mj.ask(page, 'note_gap', {conversation: S.conversation, turn: n});
      button.replaceWith(el('span', {}, reply ? reply.problem || '已记为缺口，管理依据库的人会看到。' : '没有记上，请重试。'));
    }

    function openSource(n, place, own) {
      const one = mj.sources(S.turns[n])[place];
      if (!one) return;
      S.at = [n, place];
      inner.querySelectorAll('.on').forEach((node) => node.classList.remove('on'));
      S.nodes[n].querySelectorAll(`[data-place="${place}"], .chip[data-place="${place}"] .cite`).forEach((node) => node.classList.add('on'));
      source.open({document: one.document, passage: one.passage, quote: (own || one).quote || '', as_of: S.turns[n].as_of});
    }
    function beside(step) { if (S.at && mj.sources(S.turns[S.at[0]])[S.at[1] + step]) openSource(S.at[0], S.at[1] + step); }

    async function ask() {
      const question = box.value.trim();
      if (!question || S.asking) return;
      if (day.value && !day.checkValidity()) { day.focus(); return; }
      const turn = {question, waiting: true}, n = S.turns.length, asking = mj.newKey(), talked = S.turns;
      S.asking = asking;
      box.value = '';
      grow();
      drawSend();
      S.turns.push(turn);
      draw();
      const here = () => S.turns === talked;
      const reply = await mj.askStream(page, {question, asking, conversation: S.conversation, as_of: day.value, region: region.value, follow: S.follow}, (event) => {
        if (event.opened) Object.assign(turn, event.opened, {waiting: false, streaming: true});
        if (event.statement) turn.statements.push(event.statement);
        if (here() && !event.turn) redraw(n);
      });
      S.asking = null;
      drawSend();
      Object.assign(turn, {waiting: false, streaming: false}, reply.turn || {problem: reply.problem});
      if (here()) {
        S.conversation = reply.conversation || S.conversation;
        redraw(n);
        drawFollow();
        if (!turn.problem && !turn.refused && mj.sources(turn).length) openSource(n, 0);
        box.focus();
      }
      await refreshSide();
    }
    function stop() { if (S.asking) mj.ask(page, 'stop_asking', {asking: S.asking}); }
    async function open(key) {
      const reply = await mj.ask(page, 'open_conversation', {conversation: key});
      if (!reply || reply.problem) return;
      const last = reply.turns.at(-1) || {};
      Object.assign(S, {conversation: key, turns: reply.turns, follow: true, at: null});
      if (last.as_of) day.value = last.as_of;
      source.clear();
      listing(false);
      drawSide();
      draw();
    }
    function fresh() { Object.assign(S, {conversation: '', turns: [], at: null}); source.clear(); listing(false); drawSide(); draw(); box.focus(); }

    const about = await mj.ask(page, 'open_chat');
    if (!about || about.problem) { page.root.replaceChildren(el('div', {class: 'empty'}, about ? about.problem : '没有连上服务器。')); return; }
    S.about = about;
    mj.frame(page, about, body);
    day.value = new URLSearchParams(location.search).get('as_of') || about.today;
    const own = about.regions.find((one) => one.own);
    region.append(el('option', {value: ''}, '全国'), ...about.regions.map((one) => el('option', {value: one.code, selected: one === own}, '全国 + ' + one.name)));
    Object.assign(page.keys, {KeyN: fresh, Slash: () => box.focus(), ArrowLeft: () => beside(-1), ArrowRight: () => beside(1), KeyW: source.widen,
      Escape: stop, KeyD: () => mj.toggleTheme(), 'Shift+Slash': page.showKeys});
    drawSend();
    drawSide();
    draw();
    box.focus();
  };
  mj.newKey = () => crypto.randomUUID ? crypto.randomUUID() : Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join('-');

  mj.loaded.add('chat');
})(window.mingjian ||= {loaded: new Set()});
