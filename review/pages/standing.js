// The standing of an inspection on 检查: moved by a choice, archived and deleted by its name typed; how long it is kept.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const NAMES = [['open', '审核中'], ['stated', '申诉中'], ['settled', '已定案']];
  const ARCHIVE = '归档后只能查看，不再出现在各页的检查列表里；随时可以取回。';
  const DELETE = '删除病历、结果、决定和分派，不能恢复；留痕里的各行保留。';

  // in the head of an inspection; done() is called after a change
  mj.standingOf = function (page, one, done) {
    if (!one.moves) return el('span', {class: 'standing small'}, one.standing_name);
    if (one.standing === 'archived') return el('span', {class: 'standing small'}, el('b', {class: 'strong'}, '已归档'), one.due ? el('span', {class: 'muted'}, `保存至 ${one.due}`) : null,
      el('button', {class: 'link', on: {click: () => move(page, one, 'open', '', done)}}, '取回'), one.deletes ? el('button', {class: 'link', on: {click: () => named(page, one, '删除检查', DELETE + (one.own_files ? '上传的文件一并删除。' : '原文件夹不在这里，不会动。'),
        (name) => mj.ask(page, 'delete_archived', {inspection: one.key, name}), () => done(true))}}, '删除') : null);
    return el('span', {class: 'standing small'}, el('select', {class: 'switch', 'aria-label': '检查状态', on: {change: (e) => move(page, one, e.target.value, '', done)}},
      NAMES.map(([value, name]) => el('option', {value, selected: value === one.standing}, name))), el('button', {class: 'link', on: {click: () => named(page, one, '归档', ARCHIVE,
      (name) => mj.ask(page, 'set_standing', {inspection: one.key, standing: 'archived', name}), done)}}, '归档'));
  };
  async function move(page, one, standing, name, done) {
    const reply = await mj.ask(page, 'set_standing', {inspection: one.key, standing, name});
    done(false, !reply ? '没有存上，请重试。' : reply.problem || '');
  }
  function named(page, one, title, says, act, done) {
    if (page.root.querySelector('dialog')) return;
    const name = el('input', {class: 'field', maxlength: 200, 'aria-label': '检查名称', autocomplete: 'off'}), problem = el('p', {class: 'notice', role: 'alert', hidden: true});
    const button = el('button', {class: 'btn main', disabled: true}, title);
    name.addEventListener('input', () => { button.disabled = name.value.trim() !== one.name.trim(); });
    const dialog = el('dialog', {class: 'create', 'aria-label': title}, el('h2', {}, title, el('button', {class: 'push small link', on: {click: () => dialog.close()}}, '关闭 ', mj.kbd('Esc'))),
      el('form', {on: {submit: async (e) => {
        e.preventDefault();
        button.disabled = true;
        const reply = await act(name.value);
        if (reply && !reply.problem) { dialog.close(); done(false, ''); return; }
        problem.textContent = reply ? reply.problem : '没有存上，请重试。';
        problem.hidden = button.disabled = false;
      }}}, el('p', {}, says), el('label', {}, `照原样输入名称：${one.name}`, name), problem, button));
    dialog.addEventListener('close', () => dialog.remove());
    page.root.append(dialog);
    dialog.showModal();
  }

  // below the list, for administrators: how long what is archived is kept
  mj.keptDays = function (page, about, done) {
    if (about.keeps === undefined) return '';
    const field = el('input', {class: 'field number', inputmode: 'numeric', 'aria-label': '保存天数', placeholder: '不限', value: about.keeps === null ? '' : about.keeps});
    const told = el('span', {class: 'small', role: 'status'});
    return el('form', {class: 'kept small', on: {submit: async (e) => {
      e.preventDefault();
      const given = field.value.trim(), days = given === '' ? null : /^\d{1,6}$/.test(given) ? Number(given) : -1;
      const reply = await mj.ask(page, 'keep_days', {days});
      told.textContent = reply && !reply.problem ? '已存' : reply ? reply.problem : '没有存上，请重试。';
      if (reply && !reply.problem) done();
    }}}, el('label', {}, '归档后保存', field, '天'), el('button', {class: 'link'}, '存'), told);
  };

  mj.loaded.add('standing');
})(window.mingjian ||= {loaded: new Set()});
