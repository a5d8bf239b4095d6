// 机构陈述 in the open card: what the institution says beside the evidence, and what becomes of the finding.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const STANCES = [['accept', '无异议'], ['partly', '部分异议'], ['object', '有异议']];
  const OUTCOMES = [['upheld', '维持'], ['reduced', '核减'], ['withdrawn', '撤销']];
  const LONG = 160, LONGEST_SAID = 4000, LONGEST_REASON = 500;
  const address = (...parts) => '/statement-file/' + parts.map(encodeURIComponent).join('/');

  // redraw(): the card anew. What is being written is kept while the page is, by finding.
  mj.hearing = function (page, redraw) {
    const drafts = {}, whole = {};

    function block(one, cas) {
      const heard = one.hearing;
      if (!heard) return null;
      const draft = drafts[one.id] || {};
      const newest = heard.statements[heard.statements.length - 1];
      return el('section', {class: 'hearing', 'aria-label': '机构陈述'},
        el('h4', {class: 'side'}, '机构陈述', el('span', {class: 'state ' + (heard.state === '待复核' ? 'part' : 'done')}, heard.state)),
        newest ? said(newest, one) : el('p', {class: 'small muted'}, '还没有收到答复。'),
        heard.statements.length > 1 ? el('details', {}, el('summary', {class: 'small muted'}, `早先 ${heard.statements.length - 1} 次`), heard.statements.slice(0, -1).map((each) => said(each, one))) : null,
        heard.files.length ? el('div', {class: 'hearing-files'}, heard.files.map((file) => el('a', {class: 'link small', download: file.name, href: address(cas.key, file.key)}, file.name))) : null,
        heard.outcome ? outcome(heard) : null,
        draft.form === 'outcome' ? outcomeForm(one, cas, draft) : draft.form === 'said' ? saidForm(one, cas, draft) : actions(one, cas),
        draft.problem ? el('p', {class: 'small problem', role: 'alert'}, draft.problem) : null);
    }
    function said(each, one) {
      const long = each.said.length > LONG && !whole[each.key];
      return el('div', {class: 'said'}, el('b', {class: 'strong'}, each.stance), each.admitted !== null ? ` 认可 ${mj.yuan(each.admitted)} 元` : '',
        el('p', {}, !each.said ? '未写理由' : long ? each.said.slice(0, LONG) + '……' : each.said),
        long ? el('button', {class: 'link small', on: {click: () => { whole[each.key] = true; redraw(); }}}, '展开') : null,
        el('p', {class: 'small muted'}, [each.source || '手工录入', each.who, mj.clock(each.at)].join(' · ')));
    }
    function outcome(heard) {
      const made = heard.outcome, sum = made.amount !== null ? `为 ${mj.yuan(made.amount)} 元` : '';
      return el('div', {class: 'heard'}, el('b', {class: 'strong'}, `复核 ${made.name}${sum}`), el('p', {}, made.reason),
        el('p', {class: 'small muted'}, [made.who, mj.clock(made.at), heard.earlier ? `此前复核过 ${heard.earlier} 次` : ''].filter(Boolean).join(' · ')));
    }
    function actions(one, cas) {
      const heard = one.hearing, row = [];
      const settled = heard.outcome && heard.state !== '待复核', draft = drafts[one.id] || {};
      if (heard.may_reconsider && settled && !draft.again) row.push(el('button', {class: 'link small', on: {click: () => { drafts[one.id] = {again: true}; redraw(); }}}, '再次复核'));
      else if (heard.may_reconsider) row.push(...OUTCOMES.filter(([key]) => key !== 'reduced' || heard.amount !== null).map(([key, name]) =>
        el('button', {class: 'btn', data: {outcome: key}, on: {click: () => begin(one, {form: 'outcome', outcome: key})}}, name)));
      if (heard.may_state) row.push(el('button', {class: 'link small', on: {click: () => begin(one, {form: 'said'})}}, heard.statements.length ? '录入新的陈述' : '录入陈述'), upload(one, cas));
      return row.length ? el('div', {class: 'hearing-acts'}, row, heard.may_reconsider ? el('span', {class: 'small muted'}, `原决定 ${heard.called_by}`) : null) : null;
    }
    function begin(one, draft) {
      drafts[one.id] = draft;
      redraw();
      const first = page.root.querySelector('.hearing .field');
      if (first) first.focus();
    }
    const cancel = (one) => el('button', {class: 'link small', on: {click: () => { delete drafts[one.id]; redraw(); }}}, '取消');
    const field = (draft, name, more) => el(more.rows ? 'textarea' : 'input', {class: 'field', ...more, on: {input: (e) => { draft[name] = e.target.value; }}}, more.rows ? draft[name] || '' : null);

    function outcomeForm(one, cas, draft) {
      const name = OUTCOMES.find(([key]) => key === draft.outcome)[1];
      const amount = draft.outcome !== 'reduced' ? null : field(draft, 'amount', {'aria-label': '核减后的金额，元', inputmode: 'decimal', placeholder: `小于 ${mj.yuan(one.hearing.amount)}`, value: draft.amount || ''});
      return el('div', {class: 'hearing-form'}, el('b', {}, name), amount,
        field(draft, 'reason', {'aria-label': '复核理由（必填）', rows: 3, maxlength: LONGEST_REASON, placeholder: '理由（必填）：对应机构所说的事实和证据'}),
        el('div', {class: 'hearing-acts'}, el('button', {class: 'btn main', data: {save: 'outcome'}, disabled: draft.busy, on: {click: () => save(one, cas, draft, 'save_reconsideration',
          {press: draft.press ||= mj.newPress(), outcome: draft.outcome, amount: draft.amount || '', reason: draft.reason || '', known: one.hearing.known})}}, `存为${name}`), cancel(one)));
    }
    function saidForm(one, cas, draft) {
      const choose = STANCES.map(([key, name]) => el('button', {class: 'tab', data: {stance: key}, 'aria-pressed': String(draft.stance === key), on: {click: () => begin(one, {...draft, stance: key})}}, name));
      const admitted = draft.stance !== 'partly' || one.hearing.amount === null ? null : field(draft, 'admitted', {'aria-label': '认可金额，元', inputmode: 'decimal', placeholder: '认可金额（可不填）', value: draft.admitted || ''});
      return el('div', {class: 'hearing-form'}, el('span', {class: 'tabs', role: 'group', 'aria-label': '机构意见'}, choose), admitted,
        field(draft, 'said', {'aria-label': '机构的说明和理由', rows: 4, maxlength: LONGEST_SAID, placeholder: '机构的说明和理由'}),
        el('div', {class: 'hearing-acts'}, el('button', {class: 'btn main', data: {save: 'said'}, disabled: draft.busy, on: {click: () => save(one, cas, draft, 'save_statement',
          {stance: draft.stance || '', said: draft.said || '', admitted: draft.admitted || ''})}}, '存下'), cancel(one)));
    }
    async function save(one, cas, draft, handler, values) {
      if (draft.busy) return;
      draft.busy = true;
      const reply = await mj.ask(page, handler, {case: cas.key, finding: one.id, ...values});
      draft.busy = false;
      if (reply && reply.hearing !== undefined) one.hearing = reply.hearing;
      if (reply && reply.ok) delete drafts[one.id];
      else draft.problem = !reply ? '没有存上，请重试。' : reply.conflict ? '刚有人在另一窗口复核过；上面是他的结果，仍要改就再存一次。' : reply.problem;
      if (reply && reply.conflict) draft.press = null;
      redraw();
    }
    function upload(one, cas) {
      const chooser = el('input', {type: 'file', multiple: true, hidden: true, on: {change: send}});
      return [el('button', {class: 'link small', on: {click: () => chooser.click()}}, '附机构材料'), chooser];
      async function send() {
        for (const file of chooser.files) {
          let answer = null;
          try {
            answer = await (await fetch(address(cas.key, one.id) + '?name=' + encodeURIComponent(file.name), {method: 'PUT', body: file})).json();
          } catch { answer = {problem: '没有连上服务器，请重试。'}; }
          if (answer.problem) { drafts[one.id] = {...drafts[one.id], problem: answer.problem}; break; }
          delete drafts[one.id];
        }
        const reply = await mj.ask(page, 'reload_hearing', {case: cas.key, finding: one.id});
        if (reply && reply.hearing) one.hearing = reply.hearing;
        redraw();
      }
    }
    return block;
  };

  mj.loaded.add('hearing');
})(window.mingjian ||= {loaded: new Set()});
