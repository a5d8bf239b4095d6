// 规则: what can be changed of one check, what it found in the open inspection, its rows and its cases.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const OUTCOMES = [['found', '有疑点'], ['clear', '未见'], ['not_applicable', '不适用'], ['not_checked', '未检查'], ['failed', '故障']];
  const ORIGINS = {header: '全国默认', region: '地区口径', inspection: '本次检查改过'};
  const NAMES = {off: '停用', adopted: '启用自有规则'};
  const shown = (value) => value === null || value === undefined ? '还原' : typeof value === 'object' ? JSON.stringify(value) : value === true ? '是' : value === false ? '否' : String(value);
  const labelled = (one, name) => (one.limits.find((limit) => limit.name === name) || {label: name}).label;
  mj.ruleParts = {};

  mj.ruleParts.limits = function (page, one, ctx) {
    if (!one.limits.length) return el('span', {class: 'muted'}, '没有可改的参数');
    return el('ul', {class: 'limits'}, one.limits.map((limit) => el('li', {}, el('span', {title: limit.name}, limit.label), el('b', {class: 'strong number'}, shown(limit.value)),
      el('span', {class: 'small muted'}, ORIGINS[limit.origin] + (limit.origin === 'header' ? '' : `，默认 ${shown(limit.default)}`) + (limit.said ? `：${limit.said}` : '')),
      ctx.may ? el('button', {class: 'link small', on: {click: () => change(page, one, ctx, limit)}}, '修改') : null)));
  };

  mj.ruleParts.result = function (one) {
    const result = one.result;
    if (!result) return el('span', {class: 'muted'}, '没有打开的检查，或还没有审核过');
    const told = (code) => result.outcomes[code] || 0;
    return [el('p', {class: 'outcomes'}, OUTCOMES.map(([code, name]) => el('span', {}, el('b', {class: 'strong'}, String(told(code))), ' ' + name))),
      result.reasons.map((line) => el('p', {class: 'small muted'}, `${line.count} 例：${line.reason}`)),
      result.findings.length ? el('ul', {class: 'hits'}, result.findings.map((hit) => el('li', {}, el('a', {href: '/?' + new URLSearchParams({case: hit.case, finding: hit.finding})}, hit.admission), ' ', mj.certainty(hit.certainty, hit.certainty_name), hit.amount === null ? '' : el('span', {class: 'number'}, ` ${mj.yuan(hit.amount)} 元`), el('p', {class: 'small'}, hit.message)))) : '',
      result.total > result.findings.length ? el('p', {class: 'small muted'}, `另 ${result.total - result.findings.length} 项，见“审核”`) : ''];
  };

  mj.ruleParts.cases = function (one) {
    if (!one.cases.length) return el('span', {class: 'muted'}, '没有随附的例子');
    const kinds = ['该报', '不该报', '未检查'].filter((kind) => one.cases.some((line) => line.kind === kind));
    return kinds.map((kind) => el('details', {class: 'small', open: kind === '该报'}, el('summary', {}, el('b', {class: 'strong'}, kind), ` ${one.cases.filter((line) => line.kind === kind).length} 个`),
      el('ul', {class: 'cases'}, one.cases.filter((line) => line.kind === kind).map((line) => el('li', {}, line.exception ? `${line.exception}：` : '', line.name)))));
  };

  mj.ruleParts.history = (one) => one.history.length ? el('ul', {class: 'small'}, one.history.map((line) => el('li', {}, `${mj.clock(line.at)} ${line.who}：${NAMES[line.name] || labelled(one, line.name)} → ${shown(line.value)}${line.everywhere ? '（全部检查）' : ''}。${line.why}`))) : el('span', {class: 'muted'}, '没有改过');

  mj.ruleParts.power = (page, one, ctx) => !ctx.may || !ctx.inspection ? '' : el('button', {class: 'btn small power', on: {click: () => ask(page, one.state === '停用' ? '恢复运行' : '在本次检查停用', ctx, {}, (form) => mj.ask(page, 'change_rule',
    {code: one.code, name: 'off', value: one.state !== '停用', why: form.why, inspection: ctx.inspection, everywhere: form.everywhere}))}}, one.state === '停用' ? '恢复' : '停用');

  // A small form that asks for a reason, does the deed, and says what was wrong with it.
  function ask(page, title, ctx, settings, act) {
    const why = el('textarea', {class: 'field why', rows: '2', maxlength: 500, 'aria-label': '理由', placeholder: '为什么改（必填，留在记录里）'});
    const everywhere = el('input', {type: 'checkbox'}), problem = el('p', {class: 'notice', role: 'alert', hidden: true});
    const dialog = el('dialog', {class: 'change', 'aria-label': title}, el('h2', {}, title, el('button', {class: 'push small link', type: 'button', on: {click: () => dialog.close()}}, '关闭 ', mj.kbd('Esc'))),
      el('form', {on: {submit: async (e) => {
        e.preventDefault();
        const reply = await act({why: why.value, everywhere: everywhere.checked});
        problem.hidden = Boolean(reply && reply.ok);
        problem.textContent = reply ? reply.problem || '' : '没有存上，请再试一次。';
        if (reply && reply.ok) { dialog.close(); ctx.changed(); }
      }}}, settings.above || '', why, settings.here ? '' : el('label', {class: 'small'}, everywhere, ' 对全部检查有效，不只本次'), problem,
      el('p', {class: 'small muted'}, settings.foot || '下次审核起生效；已作的决定不变。'), el('button', {class: 'btn main'}, settings.button || '存入')));
    dialog.addEventListener('close', () => dialog.remove());
    page.root.append(dialog);
    dialog.showModal();
    return dialog;
  }
  mj.ruleAsk = ask;

  function change(page, one, ctx, limit) {
    const value = el('input', {class: 'field', maxlength: 500, 'aria-label': limit.label, value: shown(limit.value)}), told = el('p', {class: 'small preview', 'aria-live': 'polite'}, '');
    const call = () => ({code: one.code, name: limit.name, value: value.value, inspection: ctx.inspection});
    const preview = async () => {
      told.textContent = '正在试算…';
      const reply = await mj.ask(page, 'try_rule', call());
      told.textContent = !reply ? '没有连上服务器。' : reply.problem ? reply.problem : reply.after.failed ? `试算出错：${reply.after.failed}` : `疑点 ${reply.before} → ${reply.after.total}`;
    };
    const above = [el('label', {}, el('span', {title: limit.name}, limit.label), ` 默认 ${shown(limit.default)}`, value), ctx.inspection ? el('p', {}, el('button', {class: 'btn try', type: 'button', on: {click: preview}}, '先试算')) : '', told];
    ask(page, '修改参数', ctx, {above, foot: '留空即还原为默认；下次审核起生效。'}, (form) => mj.ask(page, 'change_rule', {...call(), ...form}));
  }

  // The rows of one rule table, those waiting for approval first.
  mj.ruleRows = async function (page, table, ctx) {
    const words = el('input', {class: 'field', placeholder: '按名称、编码、出处找', 'aria-label': '找规则行', maxlength: 60}), list = el('div', {class: 'scroll'}), note = el('p', {class: 'small muted'}, '');
    const dialog = el('dialog', {class: 'rows', 'aria-label': '规则行'}, el('h2', {}, table.says, el('button', {class: 'push small link', on: {click: () => dialog.close()}}, '关闭 ', mj.kbd('Esc'))), el('div', {class: 'both'}, note, words), list);
    const load = async () => {
      const reply = await mj.ask(page, 'open_rows', {table: table.table, words: words.value, as_of: ctx.as_of, region: ctx.region});
      if (!reply || reply.problem) { list.replaceChildren(el('p', {class: 'notice'}, reply ? reply.problem : '没有读出来，请重试。')); return; }
      note.textContent = `${reply.total.toLocaleString()} 行${reply.working ? `，其中 ${reply.working} 行是整理、待批准（至多“较可能”）` : ''}${reply.rows.length < reply.total ? `；列出 ${reply.rows.length} 行` : ''}`;
      list.replaceChildren(reply.rows.length ? el('ul', {class: 'rule-rows'}, reply.rows.map((row) => el('li', {}, el('p', {}, Object.entries(row.cells).map(([name, value]) => el('span', {class: 'cell'}, el('i', {}, name), value))),
        el('p', {class: 'small muted'}, [row.authority, '至多' + row.ceiling, '地区 ' + row.region, `${row.source_doc} ${row.source_passage}`].join(' · ')),
        row.approved ? el('p', {class: 'small chosen'}, `${row.approved} ${row.approved_at} 批准在 ${row.region} 有效 `, ctx.may ? el('button', {class: 'link', on: {click: () => unapprove(row)}}, '撤回') : '') : row.working && ctx.may ? el('button', {class: 'btn approve', on: {click: () => approve(row)}}, '批准这一行') : ''))) : el('p', {class: 'empty'}, '没有符合的行。'));
    };
    function approve(row) {
      const region = el('select', {class: 'field', 'aria-label': '在哪个地区有效'}, el('option', {value: ''}, '在哪个地区有效…'), ctx.regions.filter((one) => one.code).map((one) => el('option', {value: one.code, selected: one.code === ctx.here}, one.name)));
      const ceiling = el('select', {class: 'field', 'aria-label': '至多'}, el('option', {value: 'established'}, '至多：数据可证'), el('option', {value: 'probable'}, '至多：较可能'));
      const doc = el('input', {class: 'field', maxlength: 500, placeholder: '出处：文件名称、文号', 'aria-label': '出处'}), passage = el('textarea', {class: 'field', rows: '3', maxlength: 500, placeholder: '原文或条号（至少 8 个字）', 'aria-label': '原文'});
      ask(page, '批准规则行', {changed: load}, {here: true, above: [region, ceiling, doc, passage], button: '批准', foot: '原来的行不变；在该地区，这一行以批准的出处和确定程度为准。'}, (form) => mj.ask(page, 'approve_row',
        {table: table.table, row: row.row, region: region.value, ceiling: ceiling.value, source_doc: doc.value, source_passage: passage.value, why: form.why}));
    }
    function unapprove(row) {
      ask(page, '撤回批准', {changed: load}, {here: true, button: '撤回'}, (form) => mj.ask(page, 'approve_row', {table: table.table, row: row.row.split('@')[0], region: row.region, ceiling: '', why: form.why}));
    }
    words.addEventListener('input', () => { clearTimeout(words.wait); words.wait = setTimeout(load, 250); });
    dialog.addEventListener('close', () => { dialog.remove(); ctx.changed(); });
    page.root.append(dialog);
    dialog.showModal();
    await load();
  };
  mj.loaded.add('rule_detail');
})(window.mingjian ||= {loaded: new Set()});
