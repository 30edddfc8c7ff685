// Monitor commands that the bench's driver needs and Renode 1.16.1 has not. C# 7.

using System;
using System.IO;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.UserInterface;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    public static class MachineExtensions
    {
        /// Writes memory to a file: `sysbus SaveBytes 0x20200000 16 @absolute/path`.
        public static void SaveBytes(this IBusController bus, ulong address, int count, string path)
        {
            try
            {
                File.WriteAllBytes(path, bus.ReadBytes(address, count, true));
            }
            catch(Exception e)
            {
                throw new RecoverableException("memory not saved: " + e.Message);
            }
        }

        /// Lets the macro `reset` run after each reset of a machine that was loaded: the monitor itself
        /// looks only after machines that were made.
        public static void RunMacroAfterReset(this IMachine machine)
        {
            var monitor = ObjectCreator.Instance.GetSurrogate<Monitor>();
            machine.MachineReset += _ => monitor.Parse("runMacro $reset");
        }
    }
}
