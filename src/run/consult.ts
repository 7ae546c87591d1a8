// Everything that doctor looks at, on one connection.

import { connect } from '../database/session.ts';
import { heldBy } from './apply.ts';
import { checkOn, hintsOf, type Checked } from './check.ts';
import { examine, type DoctorFacts } from './doctor.ts';
import { openWorkspace, type WorkspaceOptions } from './workspace.ts';

/** Only reads. Throws what keeps it from reading: that is then the cause. */
export async function consult(options: WorkspaceOptions, cwd: string): Promise<{ readonly checked: Checked; readonly facts: DoctorFacts }> {
  const workspace = await openWorkspace(options);
  const target = workspace.project.target();
  const session = await connect(target);
  try {
    const checked = await checkOn(session, target, workspace, { hints: hintsOf(workspace, []), useCache: true, full: true });
    return { checked, facts: await examine(session, checked, cwd, await heldBy(session)) };
  } finally {
    await session.close();
  }
}
