import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { Command } from 'commander'
import { type AccountChange, changeUser, createUser, listUsers, type User } from '../accounts/users.ts'
import { auditNewUser, auditUserChange } from '../audit/users.ts'
import { StartError } from '../start-error.ts'
import { commandConfig } from './command-config.ts'
import { type Node, openNode } from './open-node.ts'

const fromStdin = ['--password-stdin', 'read the password from standard input instead of making one'] as const

/** `xrm user …`: accounts without the interface, for the first hour and for emergencies. */
export function userCommand(): Command {
  return new Command('user')
    .description('list, add and change users')
    .addCommand(
      new Command('list').description('all users with their roles').action((_, command: Command) =>
        withNode(command, async ({ db }) => {
          for (const user of await listUsers(db)) {
            console.log(
              [
                user.email,
                user.name,
                user.roles.join(' ') || '(no role)',
                user.active ? 'active' : 'not active',
              ].join('\t'),
            )
          }
        }),
      ),
    )
    .addCommand(
      new Command('add')
        .description('add a user who can sign in at once')
        .argument('<email>')
        .requiredOption('--name <name>')
        .requiredOption('--role <role...>', 'such as admin, sales, purchasing, reader')
        .option(...fromStdin)
        .action(
          (
            email: string,
            options: { name: string; role: string[]; passwordStdin?: true },
            command: Command,
          ) =>
            withNode(command, async (node) => {
              checkRoles(node, options.role)
              const { password, tell } = await passwordFor(options)
              const user = { email, name: options.name, password, roles: options.role }
              await createUser(node.db, user, (client, made) =>
                auditNewUser(client, node.model, { actor: null, command: 'xrm user add' }, made),
              )
              console.log(`${email} can sign in.${tell}`)
            }),
        ),
    )
    .addCommand(
      new Command('set-password')
        .description('give a new password; the user is signed out everywhere')
        .argument('<email>')
        .option(...fromStdin)
        .action((email: string, options: { passwordStdin?: true }, command: Command) =>
          withNode(command, async (node) => {
            const { id } = await find(node, email)
            const { password, tell } = await passwordFor(options)
            await change(node, id, { password }, 'set-password')
            console.log(`${email} has a new password.${tell}`)
          }),
        ),
    )
    .addCommand(
      new Command('set-roles')
        .description('replace the roles of a user')
        .argument('<email>')
        .argument('<roles...>')
        .action((email: string, roles: string[], _, command: Command) =>
          withNode(command, async (node) => {
            checkRoles(node, roles)
            await change(node, (await find(node, email)).id, { roles }, 'set-roles')
            console.log(`${email} is now ${roles.join(' and ')}.`)
          }),
        ),
    )
    .addCommand(activation('deactivate', 'close an account; its records stay', false))
    .addCommand(activation('activate', 'open an account again', true))
}

function activation(name: string, description: string, active: boolean): Command {
  return new Command(name)
    .description(description)
    .argument('<email>')
    .action((email: string, _, command: Command) =>
      withNode(command, async (node) => {
        await change(node, (await find(node, email)).id, { active }, name)
        console.log(`${email} is ${active ? '' : 'not '}active.`)
      }),
    )
}

async function withNode(command: Command, work: (node: Node) => Promise<void>): Promise<void> {
  const node = await openNode(commandConfig(command))
  try {
    await work(node)
  } finally {
    await node.stop()
  }
}

async function change({ db, model }: Node, id: string, wish: AccountChange, name: string): Promise<void> {
  await changeUser(
    db,
    id,
    wish,
    auditUserChange(model, { actor: null, command: `xrm user ${name}` }, id, wish),
  )
}

async function find({ db }: Node, email: string): Promise<User> {
  const user = (await listUsers(db)).find((one) => one.email === email.trim().toLowerCase())
  if (!user) throw new StartError(`There is no user with the e-mail ${email}.`, 'See `xrm user list`.')
  return user
}

function checkRoles({ model }: Node, roles: readonly string[]): void {
  const unknown = roles.filter((role) => !model.roles.has(role))
  if (unknown.length > 0) {
    throw new StartError(
      `There is no role ${unknown.join(', ')}.`,
      `There are ${[...model.roles.keys()].join(', ')}.`,
    )
  }
}

async function passwordFor({
  passwordStdin,
}: {
  passwordStdin?: true
}): Promise<{ password: string; tell: string }> {
  if (passwordStdin) return { password: (await text(process.stdin)).replace(/\r?\n$/, ''), tell: '' }
  const password = randomBytes(15).toString('base64url')
  return { password, tell: ` Password, shown this once: ${password}` }
}
