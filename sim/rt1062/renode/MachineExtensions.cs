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

        /// Makes the boot ROM's own accesses: lines "OPERATION WIDTH ADDRESS VALUE" with decimal numbers,
        /// where the operation is write, set or clear.
        public static void CarryOut(this IBusController bus, string path)
        {
            string[] lines;
            try
            {
                lines = File.ReadAllLines(path);
            }
            catch(Exception e)
            {
                throw new RecoverableException("boot accesses not read: " + e.Message);
            }
            foreach(var line in lines)
            {
                var words = line.Split(' ');
                uint width = 0, value = 0;
                ulong address = 0;
                if(words.Length != 4 || !uint.TryParse(words[1], out width) || !ulong.TryParse(words[2], out address) || !uint.TryParse(words[3], out value))
                {
                    throw new RecoverableException("a boot access must be an operation and three numbers, not " + line);
                }
                Access(bus, words[0], width, address, value);
            }
        }

        private static void Access(IBusController bus, string operation, uint width, ulong address, uint value)
        {
            if(operation != "write")
            {
                var old = width == 1 ? bus.ReadByte(address) : width == 2 ? bus.ReadWord(address) : bus.ReadDoubleWord(address);
                value = operation == "set" ? old | value : old & ~value;
            }
            switch(width)
            {
            case 1: bus.WriteByte(address, (byte)value); break;
            case 2: bus.WriteWord(address, (ushort)value); break;
            default: bus.WriteDoubleWord(address, value); break;
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
