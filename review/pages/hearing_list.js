// 陈述申辩 on the papers' page: the filled sheet is taken in, and every confirmed finding stands with its answer.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const FIRST = 200;

  // inspection(): its key; changed(): answers came in
  mj.hearingList = function (page, inspection, changed) {
    const told = el('p', {class: 'small', role: 'status', 'aria-live': 'polite'}), views = el('div', {class: 'views'}), list = el('ul', {class: 'hearing-rows'});
    const chooser = el('input', {type: 'file', accept: '.xlsx,.xlsm,.csv', hidden: true, on: {change: send}});
    const take = el('button', {class: 'btn', on: {click: () => chooser.click()}}, '导入答复');
    const root = el('section', {class: 'hearing-list', hidden: true, 'aria-label': '答复和复核'}, el('div', {class: 'both'}, views, el('span', {class: 'push'}), take, chooser), told, list);
    let held = {rows: [], tally: []}, wanted = '';

    async function show(on) {
      root.hidden = !on;
      if (!on) return;
      const reply = await mj.ask(page, 'open_hearing', {inspection: inspection()});
      if (!reply || reply.problem) { say(reply ? reply.problem : '没有读出来，请重试。', true); return; }
      held = reply;
      if (!held.tally.some((one) => one.state === wanted)) wanted = '';
      draw();
    }
    function draw() {
      const view = (state, words, count) => el('button', {class: 'pill', 'aria-pressed': String(wanted === state), on: {click: () => { wanted = state; draw(); }}}, `${words} ${count}`);
      views.replaceChildren(view('', '全部', held.rows.length), ...held.tally.map((one) => view(one.state, one.state, one.count)));
      const rows = held.rows.filter((one) => !wanted || one.state === wanted);
      list.replaceChildren(...rows.slice(0, FIRST).map(row), rows.length > FIRST ? el('li', {class: 'small muted'}, `另有 ${rows.length - FIRST} 项，见复核意见表。`) : '');
      if (!held.rows.length) list.replaceChildren(el('li', {class: 'small muted'}, '还没有确认的事项。'));
    }
    function row(one) {
      const sum = one.amount === null ? '不计金额' : `${mj.yuan(one.amount)} 元`;
      return el('li', {}, el('a', {href: `/?case=${encodeURIComponent(one.case)}&finding=${encodeURIComponent(one.finding)}`},
        el('span', {class: 'state ' + (one.state === '待复核' ? 'part' : one.state === '未答复' ? '' : 'done')}, one.state),
        el('b', {class: 'cut'}, `${one.label}　${one.title}`), el('span', {class: 'yuan number'}, one.after !== null ? `${sum} → ${mj.yuan(one.after)} 元` : sum),
        el('span', {class: 'small muted cut words'}, [one.stance, one.said, one.files ? `材料 ${one.files} 份` : ''].filter(Boolean).join(' · '))));
    }
    function say(words, bad) {
      told.className = 'small' + (bad ? ' problem' : ' muted');
      told.textContent = words;
    }
    async function send() {
      const file = chooser.files[0];
      chooser.value = '';
      if (!file) return;
      take.disabled = true;
      say(`正在读 ${file.name}`);
      let reply = null;
      try {
        reply = await (await fetch(`/answers/${encodeURIComponent(inspection())}?name=${encodeURIComponent(file.name)}`, {method: 'PUT', body: file})).json();
      } catch { reply = {problem: '没有连上服务器，请重试。'}; }
      take.disabled = false;
      if (reply.signed_out) { mj.signInSheet(page); return; }
      if (reply.problem) { say(reply.problem, true); return; }
      say(`存入 ${reply.saved} 项答复` + (reply.known ? `，${reply.known} 项这份表里存过` : '') + (reply.unanswered ? `，${reply.unanswered} 项没有填` : '') + '。');
      await show(true);
      changed();
    }
    return {root, show};
  };

  mj.loaded.add('hearing_list');
})(window.mingjian ||= {loaded: new Set()});
